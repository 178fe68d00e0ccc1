import { Card, Stack, Tabs, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, body } from "@/api/client";
import { useLive } from "@/api/live";
import type { EntityStatus } from "@/api/types";
import { happened, objectOf } from "@/lib/events";
import { useSentences } from "@/lib/sentences";
import { lineText } from "@/lib/timeline";
import { Moment } from "@/ui/Moment";

const SHOWN = 30;
const EVENTS_MS = 2_000;

/** What happens right now: the portal's events as they arrive, and what the runs do. */
export function Activity({ entities }: { entities: readonly EntityStatus[] }) {
  const { t } = useTranslation("dashboard");
  const titles = new Map(entities.map((entity) => [entity.entity, entity.title]));
  return (
    <Card withBorder component="section">
      <Title order={2} size="h5" mb="xs">
        {t("activity.title")}
      </Title>
      <Tabs defaultValue="events">
        <Tabs.List>
          <Tabs.Tab value="events">{t("activity.events")}</Tabs.Tab>
          <Tabs.Tab value="runs">{t("activity.runs")}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="events" pt="sm">
          <Events titles={titles} />
        </Tabs.Panel>
        <Tabs.Panel value="runs" pt="sm">
          <Lines titles={titles} />
        </Tabs.Panel>
      </Tabs>
    </Card>
  );
}

type Titles = ReadonlyMap<string, string>;

function Events({ titles }: { titles: Titles }) {
  const { t } = useTranslation("dashboard");
  const common = useTranslation().t;
  const events = useQuery({
    queryKey: ["sync", "events", "latest"],
    queryFn: () => body(api.GET("/api/v1/sync/events", { params: { query: { limit: SHOWN } } })),
    refetchInterval: EVENTS_MS,
  });
  const listed = events.data?.events ?? [];
  return (
    <Feed empty={t("activity.noEvents")}>
      {listed.map((event) => (
        <Line
          key={event.id}
          title={[titleFor(event.entity, titles), event.object_id].filter(Boolean).join(" · ")}
          text={happened(event.name, common)}
          at={event.received_at}
          state={t(`activity.${event.state}`)}
        />
      ))}
    </Feed>
  );
}

function titleFor(entity: string, titles: Titles): string {
  return titles.get(objectOf(entity)) ?? entity;
}

function Lines({ titles }: { titles: Titles }) {
  const { t, i18n } = useTranslation("dashboard");
  const common = useTranslation().t;
  const said = useSentences();
  const lines = useLive((live) => live.lines).slice(0, SHOWN);
  return (
    <Feed empty={t("activity.noLines")}>
      {lines.map((line) => (
        <Line
          key={line.id}
          title={titles.get(line.entity) ?? line.entity}
          text={lineText(line, { t: common, language: i18n.language, say: said.whole })}
          at={line.at}
        />
      ))}
    </Feed>
  );
}

function Feed({ empty, children }: { empty: string; children: React.ReactNode[] }) {
  if (children.length === 0) {
    return (
      <Text size="sm" c="dimmed" py="md">
        {empty}
      </Text>
    );
  }
  return (
    <Stack gap="xs" role="log" aria-live="off" tabIndex={0} mah={420} style={{ overflowY: "auto" }}>
      {children}
    </Stack>
  );
}

interface LineProps {
  title: string;
  text: string;
  at: string;
  state?: string;
}

function Line({ title, text, at, state }: LineProps) {
  return (
    <div>
      <Text size="sm" fw={500}>
        {title}
      </Text>
      <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
        {text} · <Moment at={at} />
        {state && ` · ${state}`}
      </Text>
    </div>
  );
}
