import { Page } from '../../components/Page';
import { Empty } from '../../components/States';

export default function Screen() {
  return (
    <Page title="traces">
      <Empty title="traces" />
    </Page>
  );
}
