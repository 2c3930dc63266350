using System.Globalization;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Records;
using Tokenline.Portal.Layout;
using Tokenline.Portal.Texts;

namespace Tokenline.Portal.Operator.Refunds;

/// <summary>How much of a call is given back, in millionths of the whole: what <see cref="GivenPartField"/> asks for.</summary>
internal static class GivenPart
{
    public const int Whole = ChargingAccount.WholeMillionths;
    public const int PerPercent = Whole / 100;

    /// <summary>Null: no part, or more than is left. Nothing entered: all that is left.</summary>
    public static int? Read(ActionInput input, int left)
    {
        if (input.Text("percent") is not { } text)
            return left;
        return
            int.TryParse(text, CultureInfo.InvariantCulture, out var percent) && percent is > 0 and <= 100 && percent * PerPercent <= left
            ? percent * PerPercent
            : null;
    }

    /// <summary>What goes back to whom, for the preview.</summary>
    public static IEnumerable<ActionLine> Lines(PortalTexts texts, UsageRecord record, int millionths)
    {
        yield return new(texts.RefundPart, $"{texts.Number(millionths / (decimal)PerPercent)} %");
        foreach (var payment in record.Payments)
            yield return new(
                texts.BackTo(texts.FromCatalogue(payment.Name)),
                texts.Payment(payment with { Amount = Of(payment.Amount, millionths) })
            );
        yield return new(texts.Worth, texts.MoneyExactly(new Money(Of(record.RetailNano, millionths), record.Currency)));
    }

    private static long Of(long amount, int millionths) => (long)((Int128)amount * millionths / Whole);
}
