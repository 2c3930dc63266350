namespace Tokenline.Commerce.Payments;

public enum SettlementKind
{
    Payment = 1,
    Refund = 2,
}

/// <summary>A line of the carrier's daily file: money that moved.</summary>
/// <param name="Line">From 1, the header being the first.</param>
/// <param name="Id">The carrier's id of the payment or the refund.</param>
/// <param name="Payment">Of a refund: the carrier's id of the payment.</param>
/// <param name="Correlator">Ours, where the payment was asked for with one.</param>
public sealed record SettlementLine(
    int Line,
    SettlementKind Kind,
    string Id,
    string? Payment,
    string? Correlator,
    Money Amount,
    DateTimeOffset BookedAt
);

/// <summary>Why a file cannot be read, and where.</summary>
public sealed record SettlementFault(int Line, string Message)
{
    public override string ToString() => $"Line {Line}: {Message}";
}
