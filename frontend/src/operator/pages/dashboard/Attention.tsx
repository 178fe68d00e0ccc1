import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconInfoCircle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useSyncActions } from "@/api/actions";
import { useMay } from "@/api/session";
import type { EntityStatus, Status } from "@/api/types";
import { useSentences } from "@/lib/sentences";

/** Errors stop data; warnings may want a person. Each with the button that mends it. */
export function Attention({ status }: { status: Status }) {
  const broken = status.entities.filter((entity) => entity.last_error && entity.state !== "off");
  const quarantined = status.entities.filter((entity) => entity.quarantined > 0);
  if (broken.length + quarantined.length === 0) return null;
  return (
    <Stack gap="sm">
      {broken.map((entity) => (
        <Broken key={entity.entity} entity={entity} />
      ))}
      {quarantined.length > 0 && <Quarantined entities={quarantined} />}
    </Stack>
  );
}

function Broken({ entity }: { entity: EntityStatus }) {
  const { t } = useTranslation("dashboard");
  const may = useMay("operator");
  const said = useSentences();
  const { start } = useSyncActions(entity.entity);
  const error = entity.last_error;
  if (!error) return null;
  const { what, remedy } = said.halves(error);
  const vanished = error.code === "TooManyMissing";
  const stops = entity.state === "broken";
  return (
    <Alert
      color={stops ? "red" : "yellow"}
      icon={<IconAlertTriangle aria-hidden />}
      title={t(stops ? "attention.broken" : "attention.hiccup", { name: entity.title })}
    >
      <Text size="sm">{what}</Text>
      {remedy && (
        <Text size="sm" mt={4} fw={500}>
          {remedy}
        </Text>
      )}
      <Group gap="xs" mt="sm">
        {may && (
          <Button
            size="xs"
            variant="light"
            loading={start.isPending}
            onClick={() => start.mutate({ mode: entity.last_run?.mode ?? "full" })}
          >
            {t("attention.again")}
          </Button>
        )}
        {may && vanished && (
          <Button
            size="xs"
            color="red"
            variant="outline"
            loading={start.isPending}
            onClick={() =>
              start.mutate({ mode: entity.last_run?.mode ?? "full", acceptDeletions: true })
            }
          >
            {t("attention.accept")}
          </Button>
        )}
        {entity.last_run && (
          <Button
            size="xs"
            variant="subtle"
            component={Link}
            to={`/monitoring?run=${entity.last_run.id}`}
          >
            {t("attention.details")}
          </Button>
        )}
      </Group>
    </Alert>
  );
}

function Quarantined({ entities }: { entities: EntityStatus[] }) {
  const { t } = useTranslation("dashboard");
  const count = entities.reduce((sum, entity) => sum + entity.quarantined, 0);
  return (
    <Alert
      color="yellow"
      icon={<IconInfoCircle aria-hidden />}
      title={t("attention.quarantine", { count })}
    >
      <Text size="sm">
        {entities.map((entity) => `${entity.title}: ${entity.quarantined}`).join(", ")}
      </Text>
      <Button size="xs" variant="light" mt="sm" component={Link} to="/monitoring?tab=quarantine">
        {t("attention.look")}
      </Button>
    </Alert>
  );
}
