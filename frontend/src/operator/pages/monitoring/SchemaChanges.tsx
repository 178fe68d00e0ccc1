import { Table, Text } from "@mantine/core";
import { IconColumns } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, body } from "@/api/client";
import { Listing } from "@/ui/Listing";
import { Moment } from "@/ui/Moment";
import { Empty } from "@/ui/States";

const PAGE = 50;
const AGAIN_MS = 5_000;

/** What the portal's fields have done to the tables. */
export function SchemaChanges() {
  const { t } = useTranslation("monitoring");
  const changes = useInfiniteQuery({
    queryKey: ["sync", "schema-changes"],
    queryFn: ({ pageParam }) =>
      body(
        api.GET("/api/v1/sync/schema-changes", {
          params: { query: { limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) } },
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: AGAIN_MS,
  });
  const listed = changes.data?.pages.flatMap((page) => page.changes) ?? [];
  return (
    <Listing
      label={t("tab.schema")}
      heads={[t("schema.what"), t("schema.table"), t("schema.column"), t("schema.when")]}
      pending={changes.isPending}
      error={changes.error}
      onRetry={() => void changes.refetch()}
      more={changes.hasNextPage}
      loadingMore={changes.isFetchingNextPage}
      onMore={() => void changes.fetchNextPage()}
      empty={
        <Empty
          icon={<IconColumns size={40} stroke={1.5} />}
          title={t("schema.none")}
          text={t("schema.noneText")}
        />
      }
      rows={listed.map((change) => (
        <Table.Tr key={change.id}>
          <Table.Td>
            {t(`change.${change.kind}`, {
              table: change.table_name,
              column: change.column_name,
              before: change.before,
              after: change.after,
            })}
          </Table.Td>
          <Table.Td>
            <Text size="sm" ff="monospace">
              {change.table_name}
            </Text>
          </Table.Td>
          <Table.Td>
            <Text size="sm" ff="monospace">
              {change.column_name}
            </Text>
          </Table.Td>
          <Table.Td style={{ whiteSpace: "nowrap" }}>
            <Moment at={change.at} />
          </Table.Td>
        </Table.Tr>
      ))}
    />
  );
}
