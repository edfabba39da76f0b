/** Requests over the live socket: each is answered by exactly one `done` or `error`. */
import type { ClientMessage, Done, ErrorMessage } from '../schema.gen';

type Omitted<M> = M extends { request: number } ? Omit<M, 'request'> : never;
/** A client message that is answered, without its number. */
export type Ask = Omitted<ClientMessage>;

export const CONNECTION_LOST = 'connection_lost';

/** The server's refusal, or `connection_lost` where the answer can no longer come. */
export class RequestError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly field?: string,
  ) {
    super(message);
  }
}

interface Waiting {
  resolve(done: Done): void;
  reject(error: RequestError): void;
}

export class Requests {
  #next = 1;
  #waiting = new Map<number, Waiting>();
  #isOpen = false;

  constructor(private readonly send: (message: ClientMessage) => void) {}

  open(): void {
    this.#isOpen = true;
  }

  ask(message: Ask): Promise<Done> {
    if (!this.#isOpen) return Promise.reject(lost());
    const request = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(request, { resolve, reject });
      this.send({ ...message, request } as ClientMessage);
    });
  }

  answer(message: Done | ErrorMessage): void {
    if (message.request === null) return;
    const waiting = this.#waiting.get(message.request);
    this.#waiting.delete(message.request);
    if (message.type === 'done') waiting?.resolve(message);
    else waiting?.reject(new RequestError(message.code, message.message, message.field ?? undefined));
  }

  /** The socket is gone and with it every answer still to come. */
  close(): void {
    this.#isOpen = false;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(lost());
  }
}

const lost = (): RequestError => new RequestError(CONNECTION_LOST, 'The connection was lost before the answer came');
