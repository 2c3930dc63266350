namespace Tokenline.Charging.Tariffs;

/// <summary>
/// How context tiers follow each other: bands of input in rising order, the last one open; within a band, outputs in rising order, its last one open.
/// So every call falls into exactly one tier: no gap, no overlap.
/// </summary>
public static class TierOrder
{
    /// <summary>Null: it may stand there. Otherwise the field at fault and why.</summary>
    public static (string Field, string Reason)? WhatIsWrong(long? upToInput, long? upToOutput, RateTier? before, bool isLast)
    {
        if (upToInput <= 0)
            return ("upToInput", "A tier reaches up to at least 1 token of input.");
        if (upToOutput <= 0)
            return ("upToOutput", "A tier reaches up to at least 1 token of output.");
        if (isLast && upToOutput is not null)
            return ("upToOutput", "The last tier of each band of input has no upper limit of output: longer outputs would have no price.");
        if (isLast && upToInput is not null)
            return ("upToInput", "The last tier has no upper limit of input: longer inputs would have no price.");
        if (before is null)
            return upToInput is null && !isLast && upToOutput is null ? OnlyTheLast : null;
        var isSameBand = upToInput == before.UpToInput;
        if (isSameBand && before.UpToOutput is null)
            return upToInput is null
                ? OnlyTheLast
                : ("upToInput", "Tiers are in rising order of input, and one band of input is divided by output or not at all.");
        if (!isSameBand && before.UpToOutput is not null)
            return ("upToOutput", "The band of input before this one has no tier for longer outputs.");
        if (!isSameBand && (before.UpToInput is null || upToInput < before.UpToInput))
            return ("upToInput", "Tiers are in rising order of input.");
        if (isSameBand && upToOutput <= before.UpToOutput)
            return ("upToOutput", "Tiers of one band of input are in rising order of output.");
        return upToInput is null && upToOutput is null && !isLast ? OnlyTheLast : null;
    }

    private static readonly (string, string) OnlyTheLast = ("upToInput", "The last tier, and only the last, has no upper limit.");
}
