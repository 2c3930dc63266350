namespace Tokenline.Charging.Tariffs;

/// <summary>
/// Reasoning is a part of output. Priced inside output it costs nothing of its own; priced apart, output's rate applies to the rest of the output.
/// Either way each token is charged once. A vendor that reports more reasoning than output is believed about the output.
/// </summary>
internal static class ReasoningRule
{
    public static long Counted(in Usage usage, Meter meter, bool apart) =>
        meter switch
        {
            Meter.Output when apart => usage[Meter.Output] - Math.Min(usage[Meter.Reasoning], usage[Meter.Output]),
            Meter.Reasoning => apart ? Math.Min(usage[Meter.Reasoning], usage[Meter.Output]) : 0,
            _ => usage[meter],
        };
}
