/**
 * What the engine needs from the world. Time, randomness, timers and the network come in here, so the same
 * rules run under a simulated world.
 */

export interface Clock {
  /** Wall clock, milliseconds since 1970. */
  readonly nowMs: () => number;
  /** Milliseconds since some start of this process: runs on evenly whatever happens to the wall clock. For durations. */
  readonly monotonicMs: () => number;
}

export type RandomBytes = (length: number) => Uint8Array<ArrayBuffer>;

export interface Timers {
  /** Calls back once after the delay; the returned function cancels. */
  readonly after: (delayMs: number, callback: () => void) => () => void;
  /** Uniform in [0, 1): for jitter only, never for secrets. */
  readonly jitter: () => number;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer> | null;
  /** The whole exchange, answer's body included, takes at most this long. */
  readonly timeoutMs: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** A header by its lower-case name. */
  readonly header: (name: string) => string | null;
  readonly body: Uint8Array;
}

export interface Network {
  /** Answers, or throws when there was no answer. Follows no redirect. */
  readonly exchange: (request: HttpRequest) => Promise<HttpAnswer>;
  /** Whether a connection to this origin can be opened now; sends nothing. Says that a line is there, no more. */
  readonly canConnect: (origin: string) => Promise<boolean>;
  /** Server-sent events until the stream ends or is closed. */
  readonly events: (
    request: Omit<HttpRequest, 'timeoutMs' | 'body'>,
    onEvent: (name: string) => void,
    onEnd: () => void,
  ) => () => void;
}

/** Seals a secret at rest: by the OS keychain's key, or by a passphrase. */
export type Sealing =
  | { readonly kind: 'keychain'; readonly key: Uint8Array }
  | { readonly kind: 'passphrase' };

/** The disk that the terminal's folder is on. */
export interface Disk {
  /** Bytes that may still be written there; undefined where the system does not say. */
  readonly freeBytes: (folder: string) => number | undefined;
}

export interface EnginePorts {
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly timers: Timers;
  readonly network: Network;
  readonly disk: Disk;
  /** One line for the developer's log: never a code, a key, a PIN or an amount of a person. */
  readonly log: (line: string) => void;
}
