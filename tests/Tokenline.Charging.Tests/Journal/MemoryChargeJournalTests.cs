namespace Tokenline.Charging.Tests.Journal;

public sealed class MemoryChargeJournalTests : ChargeJournalContract
{
    private readonly MemoryChargeJournal journal = new();

    protected override IChargeJournal Journal => journal;

    protected override IChargeHistory History => journal;

    public override ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public override ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
