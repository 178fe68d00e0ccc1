import { Anchor, Drawer, ScrollArea, Table, Text } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, body } from "@/api/client";
import type { ChartSpec } from "@/api/types";
import { Loading } from "@/ui/States";
import { Trouble } from "@/ui/Trouble";

interface RecordsProps {
  chart: ChartSpec;
  where: Record<string, unknown>;
  parameters: Record<string, string>;
  onClose: () => void;
}

/** The records behind a bar, each with its card in the portal. */
export function Records({ chart, where, parameters, onClose }: RecordsProps) {
  const { t } = useTranslation("charts");
  const common = useTranslation().t;
  const part = where as Record<string, string | number | boolean | null>;
  const records = useQuery({
    queryKey: ["charts", "records", chart.sql, where, parameters],
    queryFn: () =>
      body(api.POST("/api/v1/charts/records", { body: { chart, where: part, parameters } })),
    retry: false,
  });
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="lg"
      title={t("records.title", { part: Object.values(part).join(", ") })}
      closeButtonProps={{ "aria-label": common("close") }}
    >
      {records.isPending && <Loading rows={6} height={36} />}
      {records.error && <Trouble error={records.error} />}
      {records.data && (
        <ScrollArea>
          <Table striped aria-label={t("records.label")}>
            <Table.Tbody>
              {records.data.records.map((record) => (
                <Table.Tr key={record.id}>
                  <Table.Td>{record.id}</Table.Td>
                  <Table.Td>
                    {record.url ? (
                      <Anchor href={record.url} target="_blank" rel="noreferrer">
                        {record.title} <IconExternalLink size={12} aria-hidden />
                      </Anchor>
                    ) : (
                      record.title
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
          {records.data.truncated && (
            <Text size="xs" c="dimmed">
              {t("records.more", { count: records.data.records.length })}
            </Text>
          )}
        </ScrollArea>
      )}
    </Drawer>
  );
}
