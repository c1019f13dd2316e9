/** Looks into the outbox again and again. As many processes as there are may do so at once. */
import { deliverDue, type WebhookPorts } from './deliver.ts';

const LOOK_EVERY_MS = 1000;

export interface WebhookWorker {
  /** Ends when the tries that run have ended. */
  readonly stop: () => Promise<void>;
}

export function startWebhookWorker(ports: WebhookPorts, onError: (error: unknown) => void): WebhookWorker {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  const look = async (): Promise<void> => {
    let found = 0;
    try {
      found = (await deliverDue(ports)).length;
    } catch (error) {
      onError(error);
    }
    if (isStopped) return;
    timer = setTimeout(
      () => {
        running = look();
      },
      found > 0 ? 0 : LOOK_EVERY_MS,
    );
  };

  running = look();
  return {
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
