import createClient, { type Middleware } from "openapi-fetch";
import { errorOf, Offline } from "./errors";
import type { paths } from "./schema";

let signedOut: () => void = () => undefined;

/** Told when a session has ended, so that the reader can sign in and come back. */
export function onSignedOut(listener: () => void): void {
  signedOut = listener;
}

const outcome: Middleware = {
  async onResponse({ response }) {
    if (response.ok) return undefined;
    if (response.status === 401) signedOut();
    const body: unknown = await response.json().catch(() => null);
    throw errorOf(response.status, body, response.headers.get("X-Trace-Id") ?? "");
  },
  onError({ error }) {
    return error instanceof TypeError ? new Offline() : undefined;
  },
};

export const api = createClient<paths>({ baseUrl: "", credentials: "same-origin" });
api.use(outcome);

/** The body of a good answer; a bad one has been thrown before. */
export async function body<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T;
}
