/** An error of the API: RFC 9457 problem details with a stable type. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    /** The stable name, e.g. `slide-not-found`; empty where the answer was no problem of ours. */
    readonly type: string,
    message: string,
    /** What is wrong with each field, where the app tells it. */
    readonly errors: Record<string, string[]> = {},
  ) {
    super(message);
  }
}

const mostTries = 20;
const prefix = 'urn:idcfunctions:';

/** Sends a request; the header is one that other sites' pages can't send. */
export const send = async (path: string, init: RequestInit = {}): Promise<Response> => {
  for (let tries = 1; ; tries++) {
    let answer: Response;
    try {
      answer = await fetch(path, { ...init, headers: { 'X-Requested-With': 'idc-page', ...init.headers } });
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw new Problem(0, '', 'The app does not answer. Is it running?');
    }

    if (answer.ok) return answer;

    // The app says when it takes the next request, or has what was asked for.
    const wait = Number(answer.headers.get('Retry-After'));
    if (![429, 503].includes(answer.status) || !(wait > 0) || tries === mostTries) throw await problemOf(answer);
    await new Promise((resolve) => setTimeout(resolve, wait * 1000));
    init.signal?.throwIfAborted();
  }
};

const problemOf = async (answer: Response): Promise<Problem> => {
  try {
    const problem = (await answer.json()) as { type?: string; title?: string; detail?: string; errors?: Record<string, string[]> };
    const type = problem.type?.startsWith(prefix) ? problem.type.slice(prefix.length) : '';
    return new Problem(answer.status, type, problem.detail ?? problem.title ?? `HTTP ${answer.status}`, problem.errors);
  } catch {
    return new Problem(answer.status, '', `The app answered HTTP ${answer.status}.`);
  }
};

export const getJson = async <T>(path: string, signal?: AbortSignal): Promise<T> =>
  (await (await send(path, signal ? { signal } : {})).json()) as T;

export const post = (path: string, body?: unknown, signal: AbortSignal | null = null): Promise<Response> =>
  send(path, body === undefined ? { method: 'POST', signal } : { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' }, signal });

/** A slide's route. Ids hold no character that a URL would change. */
export const slidePath = (slideId: string, rest = ''): string => `/api/slides/${slideId}${rest}`;

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
