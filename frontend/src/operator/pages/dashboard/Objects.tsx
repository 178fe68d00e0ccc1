import { Badge, Button, Card, Collapse, Group, SimpleGrid, Stack, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronDown } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { EntityStatus } from "@/api/types";
import { ObjectCard, STATE_COLOR } from "./ObjectCard";
import { shownObjects, statesOf } from "./objects";

/** The main objects as cards; their parts and dictionaries are counted, and shown on demand. */
export function Objects({ entities }: { entities: readonly EntityStatus[] }) {
  const { main, others } = shownObjects(entities);
  return (
    <Stack gap="md">
      <Cards entities={main} />
      {others.length > 0 && <Others entities={others} />}
    </Stack>
  );
}

function Others({ entities }: { entities: EntityStatus[] }) {
  const { t } = useTranslation("dashboard");
  const [opened, { toggle }] = useDisclosure();
  return (
    <section aria-label={t("others.label")}>
      <Card withBorder padding="md">
        <Group justify="space-between">
          <Group gap="xs">
            <Title order={2} size="h5">
              {t("others.title", { count: entities.length })}
            </Title>
            {statesOf(entities).map(([state, count]) => (
              <Badge key={state} color={STATE_COLOR[state]} variant="light" tt="none">
                {t(`state.${state}`)}: {count}
              </Badge>
            ))}
          </Group>
          <Button
            size="xs"
            variant="subtle"
            onClick={toggle}
            aria-expanded={opened}
            rightSection={
              <IconChevronDown size={14} style={{ rotate: opened ? "180deg" : "0deg" }} />
            }
          >
            {t(opened ? "others.hide" : "others.show")}
          </Button>
        </Group>
      </Card>
      <Collapse expanded={opened} mt="md">
        {opened && <Cards entities={entities} />}
      </Collapse>
    </section>
  );
}

function Cards({ entities }: { entities: EntityStatus[] }) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
      {entities.map((entity) => (
        <ObjectCard key={entity.entity} entity={entity} />
      ))}
    </SimpleGrid>
  );
}
