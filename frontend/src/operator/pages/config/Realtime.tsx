import { Alert, Badge, Button, Card, Group, List, Loader, Stack, Text, Title } from "@mantine/core";
import { IconBolt, IconCircleCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useRegister, useWebhookStatus } from "@/api/config";
import { useMay } from "@/api/session";
import { useTitles } from "@/api/status";
import type { WebhookStatus } from "@/api/types";
import { happened, objectOf } from "@/lib/events";
import { formatNumber } from "@/lib/formats";
import { Moment } from "@/ui/Moment";
import { Empty, Loading } from "@/ui/States";
import { Trouble } from "@/ui/Trouble";
import { SetUp } from "./SetUp";

/** How the portal tells of changes at once, from the first step to the first event. */
export function Realtime() {
  const { t } = useTranslation("config");
  const may = useMay("admin");
  const status = useWebhookStatus();
  const register = useRegister();
  if (status.isPending) return <Loading rows={3} />;
  if (!status.data) return <Trouble error={status.error} onRetry={() => void status.refetch()} />;
  const steps = (
    <Button
      leftSection={<IconBolt size={16} aria-hidden />}
      loading={register.isPending}
      onClick={() => register.mutate()}
    >
      {t("realtime.begin")}
    </Button>
  );
  return (
    <Stack>
      <Arrived status={status.data} />
      {register.error && <Trouble error={register.error} onRetry={() => register.mutate()} />}
      {register.data ? (
        <SetUp told={register.data} />
      ) : (
        !register.error && (
          <Empty
            icon={<IconBolt size={40} stroke={1.5} />}
            title={t(status.data.has_ever_arrived ? "realtime.again" : "realtime.title")}
            text={t(may ? "realtime.text" : "adminOnly")}
            action={may ? steps : null}
          />
        )
      )}
    </Stack>
  );
}

/** The live check: has an event reached us? */
function Arrived({ status }: { status: WebhookStatus }) {
  const { t, i18n } = useTranslation("config");
  const common = useTranslation().t;
  const titleOf = useTitles();
  const last = status.last_event;
  return (
    <Card withBorder component="section" aria-live="polite">
      <Group gap="md" wrap="nowrap" align="flex-start">
        {last ? (
          <IconCircleCheck size={28} color="var(--mantine-color-teal-6)" aria-hidden />
        ) : (
          <Loader size={24} aria-hidden />
        )}
        <Stack gap={4} style={{ minWidth: 0 }}>
          <Title order={2} size="h5">
            {t(last ? "realtime.received" : "realtime.waiting")}
          </Title>
          {last ? (
            <Text size="sm" c="dimmed">
              {`${titleOf(objectOf(last.entity))}${last.object_id ? ` № ${last.object_id}` : ""}: `}
              {`${happened(last.name, common)} · `}
              <Moment at={last.received_at} />
            </Text>
          ) : (
            <Text size="sm" c="dimmed">
              {t("realtime.waitingText")}
            </Text>
          )}
          <Group gap="xs" mt={4}>
            <Known yes={status.token_configured} name="token" />
            <Known yes={status.application_connected} name="application" optional />
            {status.waiting > 0 && (
              <Badge variant="light" tt="none">
                {t("realtime.queue", { count: status.waiting })}
              </Badge>
            )}
          </Group>
        </Stack>
      </Group>
      {status.received.length > 0 && (
        <Group gap={6} mt="md">
          {status.received.map((one) => (
            <Badge key={one.name} variant="default" tt="none" fw={500}>
              {one.name}: {formatNumber(one.events, i18n.language)}
            </Badge>
          ))}
        </Group>
      )}
      {status.refusals.length > 0 && (
        <Alert color="yellow" mt="md" title={t("realtime.refused")}>
          <List size="sm">
            {status.refusals.map((one) => (
              <List.Item key={one.reason}>
                {common(`refusal.${one.reason}`, { defaultValue: one.reason })}:{" "}
                {formatNumber(one.refused, i18n.language)}, <Moment at={one.last_at} />
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
    </Card>
  );
}

function Known({ yes, name, optional }: { yes: boolean; name: string; optional?: boolean }) {
  const { t } = useTranslation("config");
  if (!yes && optional) return null;
  return (
    <Badge variant="light" color={yes ? "teal" : "yellow"} tt="none">
      {t(`realtime.${name}.${yes}`)}
    </Badge>
  );
}
