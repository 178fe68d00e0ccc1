import { Badge, Button, Group, Select, Stack, Table, Text } from "@mantine/core";
import { IconActivity } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, body } from "@/api/client";
import { useStatus } from "@/api/status";
import type { Run } from "@/api/types";
import { formatDuration, formatNumber } from "@/lib/formats";
import { Listing } from "@/ui/Listing";
import { Moment } from "@/ui/Moment";
import { Empty } from "@/ui/States";
import { RunsChart } from "./RunsChart";

const MODES = ["full", "incremental", "audit"] as const;
const STATUSES = [
  "queued",
  "running",
  "succeeded",
  "failed",
  "cancelled",
  "paused",
  "interrupted",
] as const;
const PAGE = 50;
const AGAIN_MS = 5_000;

export const RUN_COLOR: Record<Run["status"], string> = {
  queued: "gray",
  running: "bridge",
  cancelling: "yellow",
  pausing: "yellow",
  succeeded: "teal",
  failed: "red",
  cancelled: "gray",
  paused: "gray",
  interrupted: "orange",
};

/** Every run, the newest first, by object, kind and outcome. */
export function Runs({ onOpen }: { onOpen: (id: number) => void }) {
  const { t, i18n } = useTranslation("monitoring");
  const status = useStatus();
  const [filter, setFilter] = useState<{
    entity?: string;
    mode?: Run["mode"];
    status?: Run["status"];
  }>({});
  const choose = (name: keyof typeof filter, value: string | null) =>
    setFilter((before) => {
      const others = Object.entries(before).filter(([other]) => other !== name);
      return Object.fromEntries(value === null ? others : [...others, [name, value]]);
    });
  const runs = useInfiniteQuery({
    queryKey: ["sync", "runs", filter],
    queryFn: ({ pageParam }) =>
      body(
        api.GET("/api/v1/sync/runs", {
          params: {
            query: { ...filter, limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) },
          },
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: AGAIN_MS,
  });
  const listed = runs.data?.pages.flatMap((page) => page.runs) ?? [];
  const titles = new Map(status.data?.entities.map((one) => [one.entity, one.title]) ?? []);
  const named = (words: readonly string[], group: string) =>
    words.map((value) => ({ value, label: t(`${group}.${value}`) }));
  const number = (value: number) => formatNumber(value, i18n.language);

  return (
    <Stack>
      <Group gap="sm">
        <Select
          clearable
          searchable
          size="xs"
          label={t("runs.object")}
          placeholder={t("runs.all")}
          data={[...titles].map(([value, label]) => ({ value, label }))}
          value={filter.entity ?? null}
          onChange={(value) => choose("entity", value)}
        />
        <Select
          clearable
          size="xs"
          label={t("runs.mode")}
          placeholder={t("runs.all")}
          data={named(MODES, "mode")}
          value={filter.mode ?? null}
          onChange={(value) => choose("mode", value)}
        />
        <Select
          clearable
          size="xs"
          label={t("runs.status")}
          placeholder={t("runs.all")}
          data={named(STATUSES, "status")}
          value={filter.status ?? null}
          onChange={(value) => choose("status", value)}
        />
      </Group>
      {listed.length > 1 && <RunsChart runs={listed} />}
      <Listing
        label={t("tab.runs")}
        heads={[
          t("runs.object"),
          t("runs.mode"),
          t("runs.status"),
          t("runs.began"),
          t("runs.took"),
          t("runs.rows"),
          t("runs.changed"),
          t("runs.calls"),
          "",
        ]}
        pending={runs.isPending}
        error={runs.error}
        onRetry={() => void runs.refetch()}
        more={runs.hasNextPage}
        loadingMore={runs.isFetchingNextPage}
        onMore={() => void runs.fetchNextPage()}
        empty={
          <Empty
            icon={<IconActivity size={40} stroke={1.5} />}
            title={t("runs.none")}
            text={t("runs.noneText")}
          />
        }
        rows={listed.map((run) => (
          <Table.Tr key={run.id}>
            <Table.Td>{titles.get(run.entity) ?? run.entity}</Table.Td>
            <Table.Td>{t(`mode.${run.mode}`)}</Table.Td>
            <Table.Td>
              <Badge variant="light" tt="none" color={RUN_COLOR[run.status]}>
                {t(`status.${run.status}`)}
              </Badge>
            </Table.Td>
            <Table.Td style={{ whiteSpace: "nowrap" }}>
              <Moment at={run.started_at} />
            </Table.Td>
            <Table.Td>{took(run, i18n.language)}</Table.Td>
            <Table.Td>{number(run.rows_read)}</Table.Td>
            <Table.Td>
              <Text size="sm" title={t("runs.changedHint")}>
                {changed(run, i18n.language) || "—"}
              </Text>
            </Table.Td>
            <Table.Td>{number(run.http_calls)}</Table.Td>
            <Table.Td>
              <Button
                size="compact-xs"
                variant="subtle"
                onClick={() => onOpen(run.id)}
                aria-label={t("runs.openOf", { id: run.id })}
              >
                {t("runs.open")}
              </Button>
            </Table.Td>
          </Table.Tr>
        ))}
      />
    </Stack>
  );
}

/** What a run did to the table; empty when nothing. */
function changed(run: Run, language: string): string {
  const parts: [string, number][] = [
    ["+", run.inserted],
    ["~", run.updated],
    ["−", run.deleted],
  ];
  return parts
    .filter(([, rows]) => rows > 0)
    .map(([sign, rows]) => `${sign}${formatNumber(rows, language)}`)
    .join(" ");
}

export function took(run: Run, language: string): string {
  if (run.finished_at === null)
    return run.progress ? formatDuration(run.progress.seconds, language) : "—";
  const seconds = (Date.parse(run.finished_at) - Date.parse(run.started_at)) / 1000;
  return formatDuration(seconds, language);
}
