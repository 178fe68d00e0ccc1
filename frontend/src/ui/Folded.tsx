import { Button, Code, Collapse } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";

/** What most readers do not need, behind a button. */
export function Folded({ title, text }: { title: string; text: string }) {
  const [opened, { toggle }] = useDisclosure();
  return (
    <>
      <Button
        size="compact-xs"
        variant="subtle"
        color="gray"
        w="fit-content"
        onClick={toggle}
        aria-expanded={opened}
      >
        {title}
      </Button>
      <Collapse expanded={opened}>
        <Code block mah={320} style={{ overflow: "auto" }}>
          {text}
        </Code>
      </Collapse>
    </>
  );
}
