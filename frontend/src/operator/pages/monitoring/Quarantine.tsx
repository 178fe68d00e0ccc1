import { Button, Stack, Table, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconShieldCheck } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, body } from "@/api/client";
import { useTitles } from "@/api/status";
import type { Quarantined } from "@/api/types";
import { useSentences } from "@/lib/sentences";
import { Folded } from "@/ui/Folded";
import { Listing } from "@/ui/Listing";
import { Moment } from "@/ui/Moment";
import { Empty } from "@/ui/States";

const PAGE = 50;

/** Rows that could not be stored, whole; nothing of them is lost. */
export function Quarantine() {
  const { t } = useTranslation("monitoring");
  const rows = useInfiniteQuery({
    queryKey: ["sync", "quarantine"],
    queryFn: ({ pageParam }) =>
      body(
        api.GET("/api/v1/sync/quarantine", {
          params: { query: { limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) } },
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  const listed = rows.data?.pages.flatMap((page) => page.rows) ?? [];
  return (
    <Listing
      label={t("tab.quarantine")}
      heads={[t("runs.object"), "ID", t("quarantine.reason"), t("quarantine.seen"), ""]}
      pending={rows.isPending}
      error={rows.error}
      onRetry={() => void rows.refetch()}
      more={rows.hasNextPage}
      loadingMore={rows.isFetchingNextPage}
      onMore={() => void rows.fetchNextPage()}
      empty={
        <Empty
          icon={<IconShieldCheck size={40} stroke={1.5} />}
          title={t("quarantine.none")}
          text={t("quarantine.noneText")}
        />
      }
      rows={listed.map((row) => (
        <Row key={row.id} row={row} />
      ))}
    />
  );
}

function Row({ row }: { row: Quarantined }) {
  const { t } = useTranslation("monitoring");
  const queries = useQueryClient();
  const titleOf = useTitles();
  const say = useSentences();
  const replay = useMutation({
    mutationFn: () =>
      body(
        api.POST("/api/v1/sync/quarantine/{quarantine_id}/replay", {
          params: { path: { quarantine_id: row.id } },
        }),
      ),
    onSuccess: ({ stored, reason }) =>
      notifications.show({
        color: stored ? "teal" : "yellow",
        message: reason ? say.reason(reason) : t(stored ? "quarantine.stored" : "quarantine.again"),
      }),
    onError: (error) => notifications.show({ color: "red", message: error.message }),
    onSettled: () => queries.invalidateQueries({ queryKey: ["sync", "quarantine"] }),
  });
  return (
    <Table.Tr style={{ verticalAlign: "top" }}>
      <Table.Td>{titleOf(row.entity)}</Table.Td>
      <Table.Td>{row.row_id}</Table.Td>
      <Table.Td>
        <Stack gap={4}>
          <Text size="sm">{say.reason(row.reason)}</Text>
          <Folded title={t("quarantine.raw")} text={pretty(row.raw)} />
        </Stack>
      </Table.Td>
      <Table.Td style={{ whiteSpace: "nowrap" }}>
        <Moment at={row.seen_at} />
      </Table.Td>
      <Table.Td>
        <Button
          size="compact-xs"
          variant="light"
          loading={replay.isPending}
          onClick={() => replay.mutate()}
        >
          {t("quarantine.replay")}
        </Button>
      </Table.Td>
    </Table.Tr>
  );
}

function pretty(raw: string): string {
  try {
    return JSON.stringify(JSON.parse(raw), null, 2);
  } catch {
    return raw;
  }
}
