import { Button, Card, Group, List, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconCheck, IconCircleDashed, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useFirstCopy } from "@/api/actions";
import { api, body } from "@/api/client";
import { useMay } from "@/api/session";
import type { Finding, Status } from "@/api/types";
import { useSentences } from "@/lib/sentences";

const DOCTOR_MS = 30_000;

interface Step {
  name: "webhook" | "database" | "copy" | "realtime";
  state: "done" | "todo" | "bad";
  text: string;
  to?: string;
}

/** What a new installation still needs; gone once everything is done. */
export function FirstSteps({ status }: { status: Status }) {
  const { t } = useTranslation("dashboard");
  const said = useSentences();
  const copied = status.entities.some((entity) => entity.looked_at !== null);
  const webhooks = useQuery({
    queryKey: ["webhooks", "status"],
    queryFn: () => body(api.GET("/api/v1/webhooks/status")),
    refetchInterval: 5_000,
  });
  const realtime = (webhooks.data?.received.length ?? 0) > 0;
  const doctor = useQuery({
    queryKey: ["sync", "doctor"],
    queryFn: () => body(api.GET("/api/v1/sync/doctor")),
    refetchInterval: DOCTOR_MS,
    enabled: !copied,
  });
  if (!webhooks.data || (copied && realtime)) return null;

  const findings = (doctor.data ?? []).map((one) => ({ ...one, sentence: said.found(one) }));
  const steps: Step[] = [
    { name: "webhook", ...examined(findings, "webhook", copied, t("steps.webhookText")) },
    { name: "database", ...examined(findings, "database", copied, t("steps.databaseText")) },
    { name: "copy", state: copied ? "done" : "todo", text: t("steps.copyText") },
    {
      name: "realtime",
      state: realtime ? "done" : "todo",
      text: t("steps.realtimeText"),
      to: "/config?tab=realtime",
    },
  ];
  return (
    <Card withBorder component="section">
      <Title order={2} size="h5" mb="sm">
        {t("steps.title")}
      </Title>
      <List spacing="sm" center={false} listStyleType="none">
        {steps.map((step) => (
          <List.Item key={step.name} icon={<Mark state={step.state} />}>
            <Group justify="space-between" wrap="nowrap" align="flex-start">
              <Stack gap={0}>
                <Text size="sm" fw={600}>
                  {t(`steps.${step.name}`)}
                </Text>
                <Text size="sm" c="dimmed">
                  {step.text}
                </Text>
              </Stack>
              {step.name === "copy" && step.state !== "done" && <FirstCopy status={status} />}
              {step.to && step.state !== "done" && (
                <Button
                  size="xs"
                  variant="light"
                  component={Link}
                  to={step.to}
                  style={{ flexShrink: 0 }}
                >
                  {t("steps.go")}
                </Button>
              )}
            </Group>
          </List.Item>
        ))}
      </List>
    </Card>
  );
}

function FirstCopy({ status }: { status: Status }) {
  const { t } = useTranslation("dashboard");
  const may = useMay("operator");
  const copy = useFirstCopy();
  const running = status.entities.some((entity) => entity.run !== null);
  if (!may || running) return null;
  return (
    <Button
      size="xs"
      loading={copy.isPending}
      style={{ flexShrink: 0 }}
      onClick={() =>
        copy.mutate(undefined, {
          onError: (error) => notifications.show({ color: "red", message: error.message }),
        })
      }
    >
      {t("steps.start")}
    </Button>
  );
}

/** What the doctor found of one thing: the worst sentence is what one has to know. */
function examined(
  findings: readonly Finding[],
  subject: string,
  copied: boolean,
  text: string,
): Pick<Step, "state" | "text"> {
  const bad = findings.find((found) => found.subject === subject && found.level === "bad");
  if (bad) return { state: "bad", text: bad.sentence };
  const good = copied || findings.some((found) => found.subject === subject);
  return { state: good ? "done" : "todo", text };
}

function Mark({ state }: { state: Step["state"] }) {
  const { t } = useTranslation("dashboard");
  const color = { done: "teal", todo: "gray", bad: "red" }[state];
  const Icon = { done: IconCheck, todo: IconCircleDashed, bad: IconX }[state];
  return (
    <ThemeIcon size={24} radius="xl" variant="light" color={color}>
      <Icon size={14} role="img" aria-label={t(`steps.${state}`)} />
    </ThemeIcon>
  );
}
