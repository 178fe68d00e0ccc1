import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, body } from "./client";
import { STATUS_KEY } from "./live";
import type { components } from "./schema";
import type { Config, CrmObject, EntityConfig, Role } from "./types";

export type EntityChange = Partial<EntityConfig>;
export type Treatment = EntityConfig["columns"][string];
export type Operator = components["schemas"]["OperatorOut"];
export type Term = components["schemas"]["MetricOut"];

const CONFIG = ["sync", "config"] as const;
const OBJECTS = ["sync", "objects"] as const;
const OPERATORS = ["operators"] as const;
const DOCTOR_MS = 60_000;

export function useConfig() {
  return useQuery({
    queryKey: CONFIG,
    queryFn: (): Promise<Config> => body(api.GET("/api/v1/sync/config")),
  });
}

export function useObjects() {
  return useQuery({
    queryKey: OBJECTS,
    queryFn: (): Promise<CrmObject[]> => body(api.GET("/api/v1/sync/objects")),
  });
}

/** What the doctor finds, asked when the screen opens and whenever one wants. */
export function useDoctor() {
  return useQuery({
    queryKey: ["sync", "doctor", "asked"],
    queryFn: () => body(api.GET("/api/v1/sync/doctor")),
    staleTime: DOCTOR_MS,
  });
}

interface Change {
  entity: string;
  change: EntityChange;
}

/** Keep what is wanted of one object; shown at once, taken back when it is refused. */
export function useSaveObject() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ entity, change }: Change) =>
      body(api.PUT("/api/v1/sync/config", { body: { entities: { [entity]: change } } })),
    onMutate: async ({ entity, change }) => {
      await queries.cancelQueries({ queryKey: CONFIG });
      const before = queries.getQueryData<Config>(CONFIG);
      queries.setQueryData<Config>(CONFIG, (config) => config && changed(config, entity, change));
      return before;
    },
    onError: (_error, _given, before) => queries.setQueryData(CONFIG, before),
    onSuccess: (config) => queries.setQueryData(CONFIG, config),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: OBJECTS }),
        queries.invalidateQueries({ queryKey: STATUS_KEY }),
      ]),
  });
}

function changed(config: Config, entity: string, change: EntityChange): Config {
  const before = config.entities[entity];
  if (!before) return config;
  return { ...config, entities: { ...config.entities, [entity]: { ...before, ...change } } };
}

export function useWebhookStatus() {
  return useQuery({
    queryKey: ["webhooks", "status"],
    queryFn: () => body(api.GET("/api/v1/webhooks/status")),
    refetchInterval: 2_000,
  });
}

/** Subscribe where an application can, else say what a person has to do. */
export function useRegister() {
  return useMutation({ mutationFn: () => body(api.POST("/api/v1/webhooks/register")) });
}

export function useTerms() {
  return useQuery({
    queryKey: ["charts", "metrics"],
    queryFn: (): Promise<Term[]> => body(api.GET("/api/v1/charts/metrics")),
  });
}

export function useSaveTerms() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (terms: Pick<Term, "term" | "meaning">[]) =>
      body(api.PUT("/api/v1/charts/metrics", { body: terms })),
    onSuccess: (terms) => {
      queries.setQueryData(["charts", "metrics"], terms);
      return queries.invalidateQueries({ queryKey: ["charts", "metrics", "built-in"] });
    },
  });
}

/** The terms the program brings, and which of them were changed or removed here. */
export function useFirstTerms() {
  return useQuery({
    queryKey: ["charts", "metrics", "built-in"],
    queryFn: () => body(api.GET("/api/v1/charts/metrics/built-in")),
  });
}

export function useRestoreTerms() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (terms: string[]) =>
      body(api.POST("/api/v1/charts/metrics/restore", { body: { terms } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["charts", "metrics"] }),
  });
}

export function useVerified() {
  return useQuery({
    queryKey: ["charts", "examples"],
    queryFn: () => body(api.GET("/api/v1/charts/examples")),
  });
}

export function useForget() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: number) =>
      body(
        api.DELETE("/api/v1/charts/examples/{example_id}", {
          params: { path: { example_id: id } },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["charts", "examples"] }),
  });
}

export function useOperators(enabled: boolean) {
  return useQuery({
    queryKey: OPERATORS,
    queryFn: (): Promise<Operator[]> => body(api.GET("/api/v1/auth/operators")),
    enabled,
  });
}

export function useOperatorActions() {
  const queries = useQueryClient();
  const onSuccess = () => queries.invalidateQueries({ queryKey: OPERATORS });
  return {
    add: useMutation({
      mutationFn: (given: { name: string; password: string; role: Role }) =>
        body(api.POST("/api/v1/auth/operators", { body: given })),
      onSuccess,
    }),
    change: useMutation({
      mutationFn: (given: { id: number; role?: Role; active?: boolean; password?: string }) => {
        const { id, ...change } = given;
        return body(
          api.PATCH("/api/v1/auth/operators/{operator_id}", {
            params: { path: { operator_id: id } },
            body: change,
          }),
        );
      },
      onSuccess,
    }),
  };
}
