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

export function errorOf(status: number, body: unknown, traceId: string): ApiError {
  const told = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  return new ApiError(
    status,
    typeof told.error === "string" ? told.error : `HTTP ${status}`,
    typeof told.message === "string" ? told.message : `HTTP ${status}`,
    told.detail ?? null,
    typeof told.trace_id === "string" ? told.trace_id : traceId,
  );
}
