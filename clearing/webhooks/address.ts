/**
 * Where a webhook may go. An address that a merchant names must not lead into our own network (SSRF): the address
 * that is looked up is checked, and the connection goes to the very address that was checked, so a name that changes
 * between the two gains nothing.
 */
import { BlockList, isIP } from 'node:net';

const refusedAddresses = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  refusedAddresses.addSubnet(network, prefix, 'ipv4');
// of IPv6 only global unicast is public, and some of it leads elsewhere: documentation, 6to4, Teredo
for (const [network, prefix] of [
  ['2001::', 32],
  ['2001:2::', 48],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  refusedAddresses.addSubnet(network, prefix, 'ipv6');
const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');

/** Whether an IP address is one of the public internet. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !refusedAddresses.check(address, 'ipv4');
  return family === 6 && globalUnicast.check(address, 'ipv6') && !refusedAddresses.check(address, 'ipv6');
}

/** The host of a URL as an IP address, or undefined when it is a name. */
export function literalAddress(url: URL): string | undefined {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(host) === 0 ? undefined : host;
}

/** Whether a merchant may name this URL: https, no credentials, no fragment, no private address. */
export function mayBeToldAt(text: string, allowsPrivate: boolean): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '' || url.hash !== '') return false;
  if (url.protocol !== 'https:' && !(allowsPrivate && url.protocol === 'http:')) return false;
  const address = literalAddress(url);
  return allowsPrivate || address === undefined || isPublicAddress(address);
}
