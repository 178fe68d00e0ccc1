import {
  Badge,
  Card,
  CloseButton,
  Group,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, body } from "@/api/client";
import { useMay } from "@/api/session";
import ChartView from "@/ui/chart/ChartView";
import { Loading } from "@/ui/States";
import { Trouble } from "@/ui/Trouble";
import { DraftActions } from "./DraftActions";
import { type Drafted, fitted, TYPES } from "./drafted";
import { Parameters } from "./Parameters";
import { Receipt } from "./Receipt";
import { Records } from "./Records";
import { SqlPanel } from "./SqlPanel";

interface DraftProps {
  draft: Drafted;
  onChange: (draft: Drafted) => void;
  onClose: () => void;
}

/** The chart one works on: drawn, explained, with its query and what to mind. */
export function Draft({ draft, onChange, onClose }: DraftProps) {
  const { t } = useTranslation("charts");
  const may = useMay("operator");
  const [chosen, setChosen] = useState<Record<string, string>>({});
  const [part, setPart] = useState<unknown>(undefined);
  const picture = useRef<HTMLDivElement>(null);
  const { chart } = draft;
  const answer = useQuery({
    queryKey: ["charts", "run", chart.sql, chosen],
    queryFn: () => body(api.POST("/api/v1/charts/run", { body: { chart, parameters: chosen } })),
    enabled: chart.sql !== "",
    ...(draft.data && Object.keys(chosen).length === 0 ? { initialData: draft.data } : {}),
    staleTime: Infinity,
    retry: false,
  });
  const shown = answer.data && draft.sql ? fitted(chart, answer.data) : chart;
  const edit = (changes: Partial<typeof chart>) =>
    onChange({ ...draft, chart: { ...shown, ...changes } });

  // Another query has another answer, and nobody has verified it.
  const rewrite = (changes: Pick<typeof chart, "sql" | "parameters">) => {
    const { prompt, savedId } = draft;
    const saved = savedId === undefined ? {} : { savedId };
    setChosen({});
    onChange({ prompt, ...saved, chart: { ...shown, ...changes }, sql: true });
  };

  return (
    <Card withBorder component="section" aria-label={chart.title}>
      <Stack gap="md">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <TextInput
            variant="unstyled"
            aria-label={t("draft.title")}
            value={chart.title}
            readOnly={!may}
            onChange={(event) => edit({ title: event.currentTarget.value })}
            styles={{ input: { fontSize: "var(--mantine-h4-font-size)", fontWeight: 650 } }}
            flex={1}
          />
          {draft.verified && (
            <Badge color="teal" variant="light" tt="none">
              {t("draft.verified")}
            </Badge>
          )}
          <CloseButton onClick={onClose} aria-label={t("draft.close")} />
        </Group>
        <Group justify="space-between">
          <SegmentedControl
            size="xs"
            aria-label={t("draft.type")}
            value={shown.chart_type}
            onChange={(value) => edit({ chart_type: value as typeof chart.chart_type })}
            data={TYPES.map((type) => ({ value: type, label: t(`type.${type}`) }))}
            style={{ overflowX: "auto" }}
          />
          <DraftActions
            draft={{ ...draft, chart: shown }}
            answer={answer.data}
            picture={picture}
            onSaved={(savedId) => onChange({ ...draft, chart: shown, savedId })}
          />
        </Group>
        <Parameters chart={chart} chosen={chosen} onChoose={setChosen} />
        {chart.sql !== "" && answer.isPending && <Loading rows={1} height={320} />}
        {answer.error && <Trouble error={answer.error} onRetry={() => void answer.refetch()} />}
        {answer.data && !answer.error && (
          <div ref={picture}>
            <ChartView
              spec={shown}
              rows={answer.data.rows}
              columns={answer.data.columns}
              onChoose={setPart}
            />
          </div>
        )}
        {chart.explanation && <Text size="sm">{chart.explanation}</Text>}
        {answer.data && <Receipt chart={shown} data={answer.data} />}
        <SqlPanel chart={shown} openAtFirst={draft.sql ?? false} onRun={rewrite} />
      </Stack>
      {part !== undefined && (
        <Records
          chart={shown}
          where={{ [shown.x ?? ""]: part }}
          parameters={chosen}
          onClose={() => setPart(undefined)}
        />
      )}
    </Card>
  );
}
