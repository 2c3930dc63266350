using System.Globalization;
using System.Text;
using Tokenline.Billing.Bills;

namespace Tokenline.Billing.Export;

public enum FocusType
{
    Text = 1,
    Number = 2,
    Instant = 3,
}

/// <param name="Value">A string, a decimal or an instant of <see cref="FocusType"/>; null where the specification has null.</param>
public sealed record FocusColumn(string Name, FocusType Type, Func<FocusRow, object?> Value);

/// <summary>A charge: a line of a bill without its tax, or the tax of it.</summary>
/// <param name="From">Of the billing period.</param>
public sealed record FocusRow(Bill Bill, BillLine Line, bool IsTax, string Operator, DateTimeOffset From)
{
    private bool IsUsage => Line.Kind is BillLineKind.Usage or BillLineKind.Credit or BillLineKind.Included;

    public string Category =>
        IsTax ? "Tax"
        : IsUsage ? "Usage"
        : Line.Kind switch
        {
            BillLineKind.VolumeDiscount => "Credit",
            BillLineKind.Minimum or BillLineKind.TrueUp or BillLineKind.VolumeTrueUp => "Adjustment",
            _ => "Purchase",
        };

    public string? Class => Line.Kind is BillLineKind.Refund or BillLineKind.Credit ? "Correction" : null;

    public string Frequency => IsUsage ? "Usage-Based" : "One-Time";

    public string? PricingCategory =>
        IsTax ? null
        : Line.Kind == BillLineKind.Included ? "Committed"
        : IsUsage ? "Standard"
        : null;

    public decimal Billed => Units(IsTax ? Line.TaxNano : Line.AmountNano - Line.TaxNano);

    /// <summary>What was paid before is spread over the calls that used it, and so a purchase itself counts nothing.</summary>
    public decimal Effective =>
        IsTax
            ? Billed
            : Line.Kind switch
            {
                BillLineKind.Included => Units(Line.EarnedNano),
                BillLineKind.Purchase or BillLineKind.Refund => 0,
                _ => Billed,
            };

    public decimal List => !IsTax && IsUsage ? Units(Line.WorthNano) : Billed;

    public decimal Contracted => Line.Kind == BillLineKind.Included ? Effective : Billed;

    public bool CountsTokens => !IsTax && IsUsage && Line.Input + Line.Output > 0;

    /// <summary>Quota is a currency of its own: calls that it paid for are priced in it.</summary>
    public bool IsPricedInQuota => !IsTax && Line is { Kind: BillLineKind.Included, Unit.Length: > 0 };

    public decimal Quota => (decimal)Line.Quantity / QuotaUnit.Micro;

    public string Description => $"{Line.Name}{(Line.Model is null ? "" : $" {Line.Model}")}{(IsTax ? " (tax)" : "")}";

    private static decimal Units(long nano) => (decimal)nano / Money.NanoPerUnit;
}

/// <summary>Bills in the columns of FOCUS 1.2 (FinOps Open Cost and Usage Specification), for the tools that an enterprise looks at its costs with. Quota is a virtual currency there.</summary>
public static class Focus
{
    public static readonly IReadOnlyList<FocusColumn> Columns =
    [
        Number("BilledCost", row => row.Billed),
        Text("BillingAccountId", row => row.Bill.Account.ToString()),
        Text("BillingAccountName", row => row.Bill.To?.Name),
        Text("BillingAccountType", _ => "Charging account"),
        Text("BillingCurrency", row => row.Bill.Currency.Code),
        Instant("BillingPeriodEnd", row => row.Bill.At),
        Instant("BillingPeriodStart", row => row.From),
        Text("ChargeCategory", row => row.Category),
        Text("ChargeClass", row => row.Class),
        Text("ChargeDescription", row => row.Description),
        Text("ChargeFrequency", row => row.Frequency),
        Instant("ChargePeriodEnd", row => row.Bill.At),
        Instant("ChargePeriodStart", row => row.From),
        Number("ConsumedQuantity", row => row.CountsTokens ? row.Line.Input + row.Line.Output : null),
        Text("ConsumedUnit", row => row.CountsTokens ? "Tokens" : null),
        Number("ContractedCost", row => row.Contracted),
        Number("EffectiveCost", row => row.Effective),
        Text("InvoiceId", row => row.Bill.Id),
        Text("InvoiceIssuerName", row => row.Operator),
        Number("ListCost", row => row.List),
        Text("PricingCategory", row => row.PricingCategory),
        Text("PricingCurrency", row => row.IsPricedInQuota ? row.Line.Unit : row.Bill.Currency.Code),
        Number("PricingCurrencyEffectiveCost", row => row.IsPricedInQuota ? row.Quota : row.Effective),
        Number("PricingQuantity", row => row.CountsTokens ? row.Line.Input + row.Line.Output : null),
        Text("PricingUnit", row => row.CountsTokens ? "Tokens" : null),
        Text("ProviderName", row => row.Operator),
        Text("PublisherName", row => row.Operator),
        Text("ResourceId", row => row.Line.Key?.ToString()),
        Text("ResourceName", row => row.Line.KeyName),
        Text("ResourceType", row => row.Line.Key is null ? null : "API key"),
        Text("ServiceCategory", _ => "AI and Machine Learning"),
        Text("ServiceName", _ => "Model inference"),
        Text("ServiceSubcategory", _ => "Generative AI"),
        Text("SkuId", row => row.IsTax ? null : row.Line.Model ?? row.Line.Name),
        Text("SkuMeter", row => row.CountsTokens ? "Tokens" : null),
        Text("SubAccountId", row => row.Line.Allotment?.ToString()),
        Text("SubAccountName", row => row.Line.AllotmentName),
        Text("SubAccountType", row => row.Line.Allotment is null ? null : "Allotment"),
        Number("x_Calls", row => row.CountsTokens ? row.Line.Calls : null),
        Number("x_InputTokens", row => row.CountsTokens ? row.Line.Input : null),
        Number("x_OutputTokens", row => row.CountsTokens ? row.Line.Output : null),
        Text("x_Model", row => row.Line.Model),
    ];

    public static IEnumerable<FocusRow> Rows(Bill bill, string operatorName, DateTimeOffset from)
    {
        foreach (var line in bill.Lines)
        {
            yield return new(bill, line, false, operatorName, from);
            if (line.TaxNano != 0)
                yield return new(bill, line, true, operatorName, from);
        }
    }

    public static string Head() => new StringBuilder().Row([.. Columns.Select(column => column.Name)]).ToString();

    public static string Csv(IEnumerable<FocusRow> rows)
    {
        var text = new StringBuilder();
        foreach (var row in rows)
            text.Row([.. Columns.Select(column => Shown(column.Value(row)))]);
        return text.ToString();
    }

    private static string? Shown(object? value) =>
        value switch
        {
            decimal number => number.ToString("0.#########", CultureInfo.InvariantCulture),
            DateTimeOffset at => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            _ => value as string,
        };

    private static FocusColumn Text(string name, Func<FocusRow, string?> value) => new(name, FocusType.Text, value);

    private static FocusColumn Number(string name, Func<FocusRow, decimal?> value) => new(name, FocusType.Number, row => value(row));

    private static FocusColumn Instant(string name, Func<FocusRow, DateTimeOffset> value) =>
        new(name, FocusType.Instant, row => value(row));
}
