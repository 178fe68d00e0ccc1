import { Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

interface SectionProps {
  title: string;
  /** Of the heading: 2 on a screen, 3 in a drawer, whose title comes before it. */
  level: 2 | 3;
  hint?: string;
  children: ReactNode;
}

/** A part of a form, with its heading and one line on what it is about. */
export function Section({ title, level, hint, children }: SectionProps) {
  return (
    <Stack gap="sm">
      <div>
        <Title order={level} size="h5">
          {title}
        </Title>
        {hint && (
          <Text size="sm" c="dimmed">
            {hint}
          </Text>
        )}
      </div>
      {children}
    </Stack>
  );
}
