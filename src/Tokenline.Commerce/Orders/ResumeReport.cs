namespace Tokenline.Commerce.Orders;

/// <summary>What a round of taking up did.</summary>
/// <param name="Ended">How many have ended now.</param>
/// <param name="Trouble">What could not be carried on with, by its id, and why; it is taken up again in the next round.</param>
public sealed record ResumeReport(int Ended, IReadOnlyDictionary<string, Exception> Trouble);
