import { Button, Code, Collapse, Group, Stack, Text } from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { IconCheck, IconChevronDown, IconPlayerPlay } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, body } from "@/api/client";
import { useMay } from "@/api/session";
import type { ChartSpec } from "@/api/types";
import { useSentences } from "@/lib/sentences";
import { Loading } from "@/ui/States";
import { parametersIn } from "./drafted";

const SqlEditor = lazy(() => import("./SqlEditor"));
const CHECK_MS = 400;

interface SqlPanelProps {
  chart: ChartSpec;
  openAtFirst: boolean;
  onRun: (changes: Pick<ChartSpec, "sql" | "parameters">) => void;
}

/** The query, to read and to change; it is checked while one writes. */
export function SqlPanel({ chart, openAtFirst, onRun }: SqlPanelProps) {
  const { t } = useTranslation("charts");
  const [opened, { toggle }] = useDisclosure(openAtFirst);
  const may = useMay("operator");
  return (
    <div>
      <Button
        variant="subtle"
        size="compact-sm"
        color="gray"
        onClick={toggle}
        aria-expanded={opened}
        rightSection={<IconChevronDown size={14} style={{ rotate: opened ? "180deg" : "0deg" }} />}
      >
        {t("sql.title")}
      </Button>
      <Collapse expanded={opened}>
        {may ? (
          <Editing key={chart.sql} chart={chart} onRun={onRun} />
        ) : (
          <Code block mt="xs">
            {chart.sql}
          </Code>
        )}
      </Collapse>
    </div>
  );
}

function Editing({ chart, onRun }: Omit<SqlPanelProps, "openAtFirst">) {
  const { t } = useTranslation("charts");
  const said = useSentences();
  const [sql, setSql] = useState(chart.sql);
  const [settled] = useDebouncedValue(sql, CHECK_MS);
  const names = parametersIn(sql);
  const check = useQuery({
    queryKey: ["charts", "check", settled],
    queryFn: () =>
      body(
        api.POST("/api/v1/charts/check", {
          body: { sql: settled, parameters: parametersIn(settled) },
        }),
      ),
    enabled: settled.trim() !== "",
    staleTime: Infinity,
  });
  const known = new Map((chart.parameters ?? []).map((one) => [one.name, one]));
  const run = () =>
    onRun({
      sql,
      parameters: names.map(
        (name) => known.get(name) ?? { name, kind: "text" as const, label: name, default: null },
      ),
    });
  const ready = settled === sql && check.data?.ok === true;
  return (
    <Stack gap="xs" mt="xs">
      <Suspense fallback={<Loading rows={1} height={160} />}>
        <SqlEditor value={sql} onChange={setSql} label={t("sql.title")} onRun={run} />
      </Suspense>
      <Group justify="space-between">
        <Text size="sm" c={check.data?.ok === false ? "red" : "dimmed"} role="status">
          {check.data?.ok === true && (
            <>
              <IconCheck size={14} aria-hidden /> {t("sql.good")}
            </>
          )}
          {check.data?.ok === false &&
            said.whole({
              code: check.data.error ?? "",
              message: check.data.message ?? "",
              facts: check.data.facts ?? {},
            })}
          {!check.data && t("sql.hint")}
        </Text>
        <Button
          size="xs"
          disabled={!ready || sql === chart.sql}
          leftSection={<IconPlayerPlay size={14} aria-hidden />}
          onClick={run}
        >
          {t("sql.run")}
        </Button>
      </Group>
    </Stack>
  );
}
