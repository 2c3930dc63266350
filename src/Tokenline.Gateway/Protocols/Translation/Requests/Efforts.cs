namespace Tokenline.Gateway.Protocols.Translation.Requests;

/// <summary>
/// Where one protocol has words for how much to reason and the other a budget of tokens. The steps are those that agents use for their budgets
/// (about 4 000, 10 000 and 32 000), and each word's budget reads back as the word.
/// </summary>
internal static class Efforts
{
    private const int LowMax = 4_096;
    private const int MediumMax = 16_384;
    private const int HighMax = 32_768;

    public static string OfBudget(int tokens) =>
        tokens switch
        {
            <= LowMax => "low",
            <= MediumMax => "medium",
            _ => "high",
        };

    /// <summary>The budget of a word; of a word we do not know, the middle one.</summary>
    public static int BudgetOf(string effort) =>
        effort switch
        {
            "minimal" => 1_024,
            "low" => LowMax,
            "high" => HighMax,
            "xhigh" or "max" => 2 * HighMax,
            _ => MediumMax,
        };
}
