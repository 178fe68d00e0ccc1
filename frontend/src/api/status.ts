import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { titleIn } from "@/lib/titles";
import { api, body } from "./client";
import { Offline } from "./errors";
import { heard, STATUS_KEY, useLive } from "./live";
import type { Status } from "./types";

const POLL_MS = 1_000;

/** How the whole mirror is doing: told by the stream, or asked once a second without it. */
export function useStatus() {
  const { language } = useTranslation().i18n;
  const select = useCallback((status: Status) => namedIn(status, language), [language]);
  const connection = useLive((live) => live.connection);
  return useQuery({
    queryKey: STATUS_KEY,
    queryFn: async (): Promise<Status> => {
      try {
        const status = await body(api.GET("/api/v1/sync/status"));
        if (useLive.getState().connection === "offline") heard("polling");
        return status;
      } catch (error) {
        if (error instanceof Offline) useLive.setState({ connection: "offline" });
        throw error;
      }
    },
    select,
    refetchInterval: connection === "stream" ? false : POLL_MS,
    refetchIntervalInBackground: false,
  });
}

/** The objects under their names in the reader's language. */
function namedIn(status: Status, language: string): Status {
  const entities = status.entities.map((entity) => ({
    ...entity,
    title: titleIn(entity.title, language),
  }));
  return { ...status, entities };
}

/** Says what an object is called; its code until that is known. */
export function useTitles(): (entity: string) => string {
  const { data } = useStatus();
  return (entity) => data?.entities.find((one) => one.entity === entity)?.title ?? entity;
}
