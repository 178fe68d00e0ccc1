import { saidNow } from "@/lib/sentences";

/** What every failed request carries: the words to show and the id that finds it in the log. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly detail: unknown,
    readonly traceId: string,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

/** The request never got an answer: the server is down or the network is. */
export class Offline extends Error {
  constructor() {
    super("offline");
    this.name = "Offline";
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What the server has answered, said in the reader's language. */
export async function errorOf(status: number, body: unknown, traceId: string): Promise<ApiError> {
  const told = isObject(body) ? body : {};
  const code = typeof told.error === "string" ? told.error : `HTTP ${status}`;
  const message = typeof told.message === "string" ? told.message : `HTTP ${status}`;
  const facts = isObject(told.detail) ? told.detail : {};
  return new ApiError(
    status,
    code,
    await saidNow({ code, message, facts }),
    told.detail ?? null,
    typeof told.trace_id === "string" ? told.trace_id : traceId,
  );
}
