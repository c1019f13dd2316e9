/**
 * Reads which modules a source file names, in every form that JavaScript and TypeScript have for it, with the
 * parser that Vite brings. It must never pass a file that it could not parse as one without imports.
 */
import { parseSync } from 'vite';

export const SOURCE = /\.(ts|tsx|mts|mjs|cjs|js|jsx)$/;

export type Imports = {
  /** What stands in the source, with the line it stands on; type-only imports too. */
  readonly imports: readonly { readonly specifier: string; readonly line: number }[];
  /** The parser's complaint, or null. */
  readonly broken: string | null;
};

/** @param file its name; the ending tells the language */
export function importsOf(file: string, code: string): Imports {
  const parsed = parseSync(file, code);
  const imports = importsIn(parsed.program).map(({ specifier, offset }) => ({
    specifier,
    line: code.slice(0, offset).split('\n').length,
  }));
  return { imports, broken: parsed.errors[0]?.message ?? null };
}

type Found = { readonly specifier: string; readonly offset: number };
type SyntaxNode = { readonly type: string; readonly start: number; readonly [key: string]: unknown };

/** Every form in which a module names another: import, export from, import(), import type, require, new URL. */
function importsIn(node: unknown): Found[] {
  if (Array.isArray(node)) return node.flatMap(importsIn);
  if (!isSyntaxNode(node)) return [];
  const below = Object.values(node).flatMap(importsIn);
  const specifier = specifierOf(node);
  return specifier === null ? below : [{ specifier, offset: node.start }, ...below];
}

function specifierOf(node: SyntaxNode): string | null {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return textOf(node.source);
    case 'TSExternalModuleReference':
      return textOf(node.expression);
    case 'CallExpression':
      return nameOf(node.callee) === 'require' ? textOf(firstOf(node.arguments)) : null;
    case 'NewExpression': {
      // new URL('./worker.ts', import.meta.url) starts a program part from a file.
      const text = nameOf(node.callee) === 'URL' ? textOf(firstOf(node.arguments)) : null;
      return text?.startsWith('.') && SOURCE.test(text) ? text : null;
    }
    default:
      return null;
  }
}

function isSyntaxNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function textOf(node: unknown): string | null {
  return isSyntaxNode(node) && typeof node.value === 'string' ? node.value : null;
}

function nameOf(node: unknown): string | null {
  return isSyntaxNode(node) && typeof node.name === 'string' ? node.name : null;
}

function firstOf(list: unknown): unknown {
  return Array.isArray(list) ? list[0] : undefined;
}
