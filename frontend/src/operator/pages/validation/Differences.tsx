import { Badge, Button, Card, Center, Group, Stack, Table, Text } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useTables } from "@/api/charts";
import type { Validation } from "@/api/types";
import { errorOf, isOpen, useDifferences } from "@/api/validation";
import { formatNumber } from "@/lib/formats";
import { useSentences } from "@/lib/sentences";
import { Empty, Loading } from "@/ui/States";
import { Trouble } from "@/ui/Trouble";
import { Going } from "./Proof";
import { byRow, type DifferingRow } from "./proof";

/** What the portal says and what is stored, side by side. */
export function Differences({ validation, table }: { validation: Validation; table: string }) {
  const { t } = useTranslation("validation");
  const common = useTranslation().t;
  const said = useSentences();
  const found = useDifferences(validation.id, `${validation.status}/${validation.repairs}`);
  const tables = useTables();
  const columns = tables.data?.tables.find((each) => each.name === table)?.columns ?? [];
  const labels = new Map(columns.map((each) => [each.name, each.label]));
  if (found.isPending) return <Loading rows={4} />;
  if (!found.data) return <Trouble error={found.error} onRetry={() => void found.refetch()} />;
  const rows = byRow(found.data.pages.flatMap((page) => page.differences));
  if (rows.length === 0) {
    if (isOpen(validation)) return <Going validation={validation} />;
    return (
      <Empty
        icon={<IconCircleCheck size={40} stroke={1.5} />}
        title={t(validation.status === "failed" ? "differences.unknown" : "differences.none")}
        text={
          validation.status === "failed"
            ? said.whole(errorOf(validation))
            : t(`differences.noneBy.${validation.method}`)
        }
      />
    );
  }
  return (
    <Stack gap="sm">
      {rows.map((row) => (
        <Row key={row.rowId} row={row} labels={labels} />
      ))}
      {found.hasNextPage && (
        <Center>
          <Button
            variant="light"
            loading={found.isFetchingNextPage}
            onClick={() => void found.fetchNextPage()}
          >
            {common("more")}
          </Button>
        </Center>
      )}
    </Stack>
  );
}

function Row({ row, labels }: { row: DifferingRow; labels: Map<string, string> }) {
  const { t, i18n } = useTranslation("validation");
  return (
    <Card withBorder padding="sm" component="article">
      <Group gap="xs">
        <Text fw={600} size="sm">
          {t("differences.row", { id: row.rowId })}
        </Text>
        <Badge variant="light" tt="none" color={row.repaired ? "teal" : "orange"}>
          {row.repaired ? t("differences.repaired") : t(`kind.${row.whole ?? "value"}`)}
        </Badge>
        {row.repaired && (
          <Text size="xs" c="dimmed">
            {t(`kind.${row.whole ?? "value"}`)}
          </Text>
        )}
        {row.columns.length > 0 && (
          <Text size="xs" c="dimmed">
            {t("differences.columns", {
              count: row.columns.length,
              number: formatNumber(row.columns.length, i18n.language),
            })}
          </Text>
        )}
      </Group>
      {row.columns.length > 0 && (
        <Table mt="xs" layout="fixed" aria-label={t("differences.row", { id: row.rowId })}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w="28%">{t("differences.column")}</Table.Th>
              <Table.Th>{t("differences.portal")}</Table.Th>
              <Table.Th>{t("differences.stored")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {row.columns.map((each) => (
              <Table.Tr key={each.id} style={{ verticalAlign: "top" }}>
                <Table.Td style={{ overflowWrap: "anywhere" }}>
                  <Text size="sm">{labels.get(each.column_name ?? "") || each.column_name}</Text>
                  {labels.get(each.column_name ?? "") && (
                    <Text size="xs" c="dimmed" ff="monospace">
                      {each.column_name}
                    </Text>
                  )}
                </Table.Td>
                <Value text={each.portal_value} color="teal" />
                <Value text={each.stored_value} color="orange" />
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Card>
  );
}

function Value({ text, color }: { text: string | null; color: string }) {
  const { t } = useTranslation("validation");
  return (
    <Table.Td
      style={{
        overflowWrap: "anywhere",
        background: `var(--mantine-color-${color}-light)`,
      }}
    >
      {text === null || text === "" ? (
        <Text size="sm" c="dimmed" fs="italic">
          {t("differences.empty")}
        </Text>
      ) : (
        <Text size="sm" style={{ whiteSpace: "pre-wrap" }}>
          {text}
        </Text>
      )}
    </Table.Td>
  );
}
