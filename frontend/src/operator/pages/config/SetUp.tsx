import { Alert, Card, Collapse, Button, Group, List, Stack, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import type { components } from "@/api/schema";
import { Copyable, CopyTextButton } from "@/ui/Copy";

type Registered = components["schemas"]["RegisteredOut"];

/** What was subscribed, or what a person has to do in the portal, step by step. */
export function SetUp({ told }: { told: Registered }) {
  const { t, i18n } = useTranslation("config");
  const [opened, { toggle }] = useDisclosure(told.events.length <= 12);
  const language = i18n.language === "ru" ? "ru" : "en";
  const refused = Object.entries(told.refused);
  return (
    <Stack>
      {told.way === "application" && (
        <Alert color="teal" title={t("setup.subscribed")}>
          {t("setup.subscribedText", { count: told.events.length + told.offline_events.length })}
        </Alert>
      )}
      {refused.length > 0 && (
        <Alert color="yellow" title={t("setup.refused")}>
          <List size="sm">
            {refused.map(([event, reason]) => (
              <List.Item key={event}>
                {event}: {reason}
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
      {told.steps.length > 0 && (
        <Card withBorder component="section">
          <Title order={2} size="h5" mb="sm">
            {t("setup.steps")}
          </Title>
          <List type="ordered" spacing="sm" pr="md">
            {told.steps.map((step) => (
              <List.Item key={step.en}>
                <Text style={{ overflowWrap: "anywhere" }}>{step[language]}</Text>
              </List.Item>
            ))}
          </List>
        </Card>
      )}
      <Card withBorder component="section">
        <Text size="sm" fw={600}>
          {t("setup.url")}
        </Text>
        <Copyable value={told.handler_url} label={t("setup.copyUrl")} />
        <Group justify="space-between" mt="lg" mb="xs">
          <Text size="sm" fw={600}>
            {t("setup.events", { count: told.events.length })}
          </Text>
          <Group gap="xs">
            <Button size="xs" variant="subtle" onClick={toggle} aria-expanded={opened}>
              {t(opened ? "setup.hide" : "setup.show")}
            </Button>
            <CopyTextButton value={told.events.join("\n")} label={t("setup.copyEvents")} />
          </Group>
        </Group>
        <Collapse expanded={opened}>
          <List size="sm" listStyleType="none" style={{ columns: "18em" }}>
            {told.events.map((event) => (
              <List.Item key={event} style={{ breakInside: "avoid" }}>
                <Text size="xs" ff="monospace" style={{ overflowWrap: "anywhere" }}>
                  {event}
                </Text>
              </List.Item>
            ))}
          </List>
        </Collapse>
      </Card>
    </Stack>
  );
}
