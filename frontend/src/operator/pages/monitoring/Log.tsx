import { Badge, Group, Select, Stack, Table, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconFileText, IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, body } from "@/api/client";
import type { components } from "@/api/schema";
import { formatMoment } from "@/lib/formats";
import { CopyIcon } from "@/ui/Copy";
import { Listing } from "@/ui/Listing";
import { Empty } from "@/ui/States";

type LogLine = components["schemas"]["LogLineOut"];

const LEAST = ["debug", "info", "warning", "error"] as const;
const AGAIN_MS = 2_000;
const COLOR: Record<LogLine["level"], string> = {
  debug: "gray",
  info: "bridge",
  warning: "yellow",
  error: "red",
  critical: "red",
};

/** The last lines of the server's log; the trace id of an error finds its own. */
export function Log() {
  const { t } = useTranslation("monitoring");
  const [least, setLeast] = useState<(typeof LEAST)[number]>("info");
  const [sought, setSought] = useState("");
  const [words] = useDebouncedValue(sought.trim(), 250);
  const log = useQuery({
    queryKey: ["system", "log", least, words],
    queryFn: () => body(api.GET("/api/v1/system/log", { params: { query: { least, words } } })),
    refetchInterval: AGAIN_MS,
    placeholderData: keepPreviousData,
  });
  return (
    <Stack>
      <Group gap="sm" align="flex-end">
        <Select
          size="xs"
          label={t("log.level")}
          data={LEAST.map((value) => ({ value, label: t(`log.least.${value}`) }))}
          value={least}
          allowDeselect={false}
          onChange={(value) => setLeast(value ?? "info")}
        />
        <TextInput
          size="xs"
          w={{ base: "100%", xs: 320 }}
          leftSection={<IconSearch size={14} aria-hidden />}
          placeholder={t("log.search")}
          aria-label={t("log.search")}
          value={sought}
          onChange={(event) => setSought(event.currentTarget.value)}
        />
      </Group>
      <Text size="xs" c="dimmed">
        {t("log.where")}
      </Text>
      <Listing
        label={t("tab.log")}
        heads={[t("log.when"), t("log.level"), t("log.event"), ""]}
        pending={log.isPending}
        error={log.error}
        onRetry={() => void log.refetch()}
        empty={
          <Empty
            icon={<IconFileText size={40} stroke={1.5} />}
            title={t("log.none")}
            text={t("log.noneText")}
          />
        }
        rows={(log.data?.lines ?? []).map((line) => (
          <Line key={line.number} line={line} />
        ))}
      />
    </Stack>
  );
}

function Line({ line }: { line: LogLine }) {
  const { t, i18n } = useTranslation("monitoring");
  const facts = Object.entries(line.facts).map(([name, fact]) => `${name}=${fact}`);
  return (
    <Table.Tr style={{ verticalAlign: "top" }}>
      <Table.Td style={{ whiteSpace: "nowrap" }}>
        <Text size="xs">{formatMoment(line.at, i18n.language, true)}</Text>
      </Table.Td>
      <Table.Td>
        <Badge size="sm" variant="light" tt="none" color={COLOR[line.level]}>
          {t(`log.of.${line.level}`)}
        </Badge>
      </Table.Td>
      <Table.Td miw={220}>
        <Text size="sm" ff="monospace">
          {line.event}
        </Text>
        {facts.length > 0 && (
          <Text size="xs" c="dimmed" ff="monospace" style={{ overflowWrap: "anywhere" }}>
            {facts.join("  ")}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        {line.trace_id && <CopyIcon value={line.trace_id} label={t("log.copyTrace")} />}
      </Table.Td>
    </Table.Tr>
  );
}
