using Tokenline.Charging.Journal;

namespace Tokenline.Charging.Records;

/// <summary>A charge that left no usage record: it still runs, or it ended at no cost to the customer.</summary>
/// <param name="Released">Null: it runs.</param>
public sealed record UnbilledCharge(AccountId Account, Dispatched Dispatched, Released? Released);
