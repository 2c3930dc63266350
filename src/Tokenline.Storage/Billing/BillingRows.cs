using Tokenline.Billing;

namespace Tokenline.Storage.Billing;

// The tables of billing. Sums are columns, which a change adds to; what is only read whole is JSON in Body. Money is nano, days and periods are numbers.

internal sealed class MarkRow
{
    public required string Name { get; set; }
    public long Value { get; set; }
}

internal sealed class TransferRow
{
    public long Number { get; set; }
    public required string Id { get; set; }
    public int Period { get; set; }

    /// <summary>A hash: the same id with another is a contradiction.</summary>
    public long Content { get; set; }

    /// <summary>JSON of instant, text and postings.</summary>
    public required string Body { get; set; }
}

/// <summary>Σ of postings. Kept in two columns, as the books of a large operator are more nano than 63 bits hold: the balance is Units × 10⁹ + Nano, and Nano is not kept below 10⁹.</summary>
internal sealed class BalanceRow
{
    public required string Account { get; set; }
    public required string Currency { get; set; }
    public long Units { get; set; }
    public long Nano { get; set; }
}

/// <summary>Who has a month at all.</summary>
internal sealed class BilledAccountRow
{
    public AccountId Id { get; set; }
}

internal sealed class LeaseRow
{
    public AccountId Lessee { get; set; }
    public AccountId Lessor { get; set; }
}

internal sealed class SaleRow
{
    public required string Id { get; set; }
    public AccountId Account { get; set; }
    public int Period { get; set; }
    public required string Body { get; set; }
}

internal sealed class BucketRow
{
    public long Id { get; set; }
    public AccountId Payer { get; set; }
    public int Period { get; set; }
    public required string Body { get; set; }
}

internal sealed class BucketMoveRow
{
    public long Bucket { get; set; }
    public int Period { get; set; }
    public AccountId Payer { get; set; }
    public long Added { get; set; }
    public long Taken { get; set; }
}

internal sealed class EarnedRow
{
    public required string Sale { get; set; }
    public required string Unit { get; set; }
    public AccountId Account { get; set; }
    public long Used { get; set; }
    public long EarnedNano { get; set; }
    public long BrokenNano { get; set; }
}

internal sealed class UsageSumRow
{
    public AccountId Payer { get; set; }
    public int Period { get; set; }
    public long Bucket { get; set; }
    public required string Model { get; set; }
    public required string Vendor { get; set; }
    public required string Deployment { get; set; }
    public KeyId Key { get; set; }
    public AllotmentId Allotment { get; set; }
    public required string Currency { get; set; }
    public long Calls { get; set; }
    public long Input { get; set; }
    public long Output { get; set; }
    public long Amount { get; set; }
    public long WorthNano { get; set; }
    public long UncollectedNano { get; set; }
    public long FreeNano { get; set; }
}

internal sealed class VolumeSumRow
{
    public AccountId Payer { get; set; }
    public int Month { get; set; }
    public int Period { get; set; }
    public required string Group { get; set; }
    public long Bucket { get; set; }
    public required string Model { get; set; }
    public required string Vendor { get; set; }
    public int TariffVersion { get; set; }
    public long UpTo { get; set; }
    public long Count { get; set; }
    public long ChargedNano { get; set; }
    public long DueNano { get; set; }
}

internal sealed class VendorUsageRow
{
    public required string Vendor { get; set; }
    public int Day { get; set; }
    public required string Model { get; set; }
    public required string Deployment { get; set; }
    public required string Meter { get; set; }
    public bool IsAttempt { get; set; }
    public long Quantity { get; set; }
}

internal sealed class VendorAttemptRow
{
    public required string Vendor { get; set; }
    public int Day { get; set; }
    public required string Model { get; set; }
    public long Charge { get; set; }
    public int Number { get; set; }

    /// <summary>JSON of the whole.</summary>
    public required string Body { get; set; }
}

internal sealed class VendorCostRow
{
    public int Period { get; set; }
    public required string Vendor { get; set; }
    public int Day { get; set; }
    public required string Model { get; set; }
    public int ContractVersion { get; set; }
    public required string Currency { get; set; }
    public long Calls { get; set; }
    public long Nano { get; set; }
}

internal sealed class BaseRow
{
    public int Period { get; set; }
    public required string Vendor { get; set; }
    public required string Model { get; set; }
    public required string Channel { get; set; }
    public required string Currency { get; set; }
    public long Nano { get; set; }
}

/// <summary>A bill, a statement and the like: found by whose it is and of which period, read whole.</summary>
internal sealed class DocumentRow
{
    public DocumentKind Kind { get; set; }
    public required string Id { get; set; }
    public required string Group { get; set; }
    public int? Period { get; set; }
    public long Version { get; set; }
    public required string Body { get; set; }
}
