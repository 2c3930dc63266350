namespace Tokenline.Billing.Ledger;

/// <summary>What an account of the ledger is for. Names are those of the export.</summary>
public enum LedgerAccountKind
{
    /// <summary>Taken on phone bills by the carrier, and not yet remitted by it.</summary>
    CarrierClearing = 1,
    Bank = 2,

    /// <summary>Billed to a customer's account.</summary>
    Receivable = 3,

    /// <summary>Money that customers paid in and have not spent.</summary>
    Wallet = 4,

    /// <summary>Paid for quota that was not used yet.</summary>
    DeferredRevenue = 5,
    RefundsPayable = 6,
    VendorPayable = 7,
    ChannelPayable = 8,
    Tax = 9,

    /// <summary>Earned by calls, and not yet divided by a settlement.</summary>
    Revenue = 10,

    /// <summary>Paid for what nobody used.</summary>
    Breakage = 11,
    PlatformIncome = 12,
    ComputingIncome = 13,

    /// <summary>What a settlement left to the operator.</summary>
    OperatorIncome = 14,
    Rounding = 15,
    Discount = 16,
    WriteOff = 17,

    /// <summary>Between two currencies.</summary>
    Exchange = 18,
}

/// <param name="Owner">Whose: a charging account, a vendor, a channel; null where there is one for all.</param>
public readonly record struct LedgerAccount(LedgerAccountKind Kind, string? Owner = null)
{
    private const char Mark = ':';

    public static LedgerAccount Receivable(AccountId account) => new(LedgerAccountKind.Receivable, account.ToString());

    public static LedgerAccount Vendor(string vendor) => new(LedgerAccountKind.VendorPayable, vendor);

    public static LedgerAccount Channel(string channel) => new(LedgerAccountKind.ChannelPayable, channel);

    public static implicit operator LedgerAccount(LedgerAccountKind kind) => new(kind);

    public override string ToString() => Owner is null ? Name(Kind) : $"{Name(Kind)}{Mark}{Owner}";

    public static LedgerAccount Parse(string text)
    {
        var mark = text.IndexOf(Mark, StringComparison.Ordinal);
        var name = mark < 0 ? text : text[..mark];
        foreach (var kind in Enum.GetValues<LedgerAccountKind>())
        {
            if (Name(kind) == name)
                return new(kind, mark < 0 ? null : text[(mark + 1)..]);
        }
        throw new FormatException($"'{text}' is not an account of the ledger");
    }

    public static string Name(LedgerAccountKind kind) =>
        kind switch
        {
            LedgerAccountKind.CarrierClearing => "carrier_clearing",
            LedgerAccountKind.Bank => "bank",
            LedgerAccountKind.Receivable => "receivable",
            LedgerAccountKind.Wallet => "wallet",
            LedgerAccountKind.DeferredRevenue => "deferred_revenue",
            LedgerAccountKind.RefundsPayable => "refunds_payable",
            LedgerAccountKind.VendorPayable => "vendor_payable",
            LedgerAccountKind.ChannelPayable => "channel_payable",
            LedgerAccountKind.Tax => "tax",
            LedgerAccountKind.Revenue => "revenue",
            LedgerAccountKind.Breakage => "breakage",
            LedgerAccountKind.PlatformIncome => "platform_income",
            LedgerAccountKind.ComputingIncome => "computing_income",
            LedgerAccountKind.OperatorIncome => "operator_income",
            LedgerAccountKind.Rounding => "rounding",
            LedgerAccountKind.Discount => "discount",
            LedgerAccountKind.WriteOff => "write_off",
            LedgerAccountKind.Exchange => "exchange",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "an account without a name"),
        };
}
