import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import { streamed } from "./charts";
import { api, body } from "./client";

export type Tongue = "ru" | "en";

const keyOf = (language: Tongue) => ["schema", "description", language];

export function useDescription(language: Tongue) {
  return useQuery({
    queryKey: keyOf(language),
    queryFn: () => body(api.GET("/api/v1/schema/describe", { params: { query: { language } } })),
    staleTime: Infinity,
    retry: false,
  });
}

/** Whether a model is connected; it is not asked for that. */
export function useModel() {
  return useQuery({
    queryKey: ["system", "llm"],
    queryFn: () => body(api.GET("/api/v1/system/llm", { params: { query: { days: 1 } } })),
  });
}

/** Have the description written anew; its words are shown while they come. */
export function useRewriting(language: Tongue) {
  const queries = useQueryClient();
  const [text, setText] = useState<string | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const stopping = useRef<AbortController>(undefined);

  const stop = useCallback(() => stopping.current?.abort(), []);
  const start = useCallback(async () => {
    const control = new AbortController();
    stopping.current = control;
    setError(null);
    setText("");
    try {
      const asked = new URL(`/api/v1/schema/describe/stream?language=${language}`, location.href);
      for await (const { event, data } of streamed(
        new Request(asked, { method: "POST", signal: control.signal }),
      )) {
        if (event === "text") setText((before) => (before ?? "") + (JSON.parse(data) as string));
        if (event === "done") break;
      }
      await queries.invalidateQueries({ queryKey: keyOf(language) });
    } catch (failure) {
      if (!control.signal.aborted) setError(failure as Error);
    }
    setText(null);
  }, [language, queries]);

  return { text, error, writing: text !== null, start, stop };
}
