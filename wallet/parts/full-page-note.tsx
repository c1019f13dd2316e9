/** All that is shown when the wallet cannot start, or stopped to be safe. */

export interface FullPageNoteProps {
  readonly what: string;
  readonly todo: string;
  readonly again: string;
}

export function FullPageNote({ what, todo, again }: FullPageNoteProps) {
  return (
    <main className="page full-note">
      <img src="/icon.svg" alt="" width="56" height="56" />
      <h1>{what}</h1>
      <p>{todo}</p>
      <button type="button" className="button primary" onClick={() => location.reload()}>
        {again}
      </button>
    </main>
  );
}
