using Tokenline.Commerce.Vouchers;
using Tokenline.Management.Api;

namespace Tokenline.Management.Orders;

/// <param name="Amount">In whole units of <paramref name="Unit"/>.</param>
/// <param name="Days">So long it can be spent, from the purchase on.</param>
public sealed record BonusBody(QuotaUnit? Unit, decimal? Amount, int? Days)
{
    internal static BonusBody Of(BonusGrant bonus) => new(bonus.Unit, Figures.Units(bonus.Amount), bonus.Days);
}

/// <param name="Type"><c>percent</c>, <c>amount</c>, <c>freePeriod</c> (the first one of a plan costs nothing) or <c>grant</c>.</param>
/// <param name="Code">4 to 32 letters, digits and hyphens; left out: made up, <paramref name="Count"/> of them.</param>
/// <param name="Grant">What is granted beside what was bought.</param>
/// <param name="Uses">Orders at the most; 1 unless told, 0 is any number.</param>
/// <param name="PerCustomer">The same, of one customer.</param>
/// <param name="Offerings">Good for these; left out: for all.</param>
public sealed record NewVoucherBody(
    VoucherType? Type,
    string? Code = null,
    int? Count = null,
    decimal? Percent = null,
    MoneyBody? Amount = null,
    BonusBody? Grant = null,
    int? Uses = null,
    int? PerCustomer = null,
    DateTimeOffset? From = null,
    DateTimeOffset? To = null,
    string[]? Offerings = null,
    string? Note = null
)
{
    internal VoucherSheet ToSheet() =>
        new(
            Type,
            Code,
            Count,
            Percent,
            Amount?.ToMoney(),
            Grant?.Unit,
            Grant?.Amount,
            Grant?.Days,
            Uses,
            PerCustomer,
            From,
            To,
            Offerings,
            Note
        );
}

/// <param name="Uses">Orders at the most; absent: any number.</param>
/// <param name="Used">Orders that have not failed.</param>
public sealed record VoucherBody(
    string Code,
    VoucherType Type,
    decimal? Percent,
    MoneyBody? Amount,
    BonusBody? Grant,
    int? Uses,
    int Used,
    int? PerCustomer,
    DateTimeOffset? From,
    DateTimeOffset? To,
    IReadOnlyList<string>? Offerings,
    string? Note,
    bool Ended,
    DateTimeOffset CreatedAt
)
{
    internal static VoucherBody Of(Voucher voucher) =>
        new(
            voucher.Code,
            voucher.Type,
            voucher.Percent,
            voucher.Amount is { } amount ? MoneyBody.Of(amount) : null,
            voucher.Bonus is { } bonus ? BonusBody.Of(bonus) : null,
            voucher.Uses,
            voucher.Used,
            voucher.PerCustomer,
            voucher.From,
            voucher.To,
            voucher.Offerings,
            voucher.Note,
            voucher.IsEnded,
            voucher.CreatedAt
        );
}

/// <param name="GivenBackAt">The order failed, and the use is free again.</param>
public sealed record VoucherUseBody(PartyId Customer, OrderId Order, DateTimeOffset At, DateTimeOffset? GivenBackAt)
{
    internal static VoucherUseBody Of(VoucherUse use) => new(use.Customer, use.Order, use.At, use.GivenBackAt);
}

/// <param name="Uses">The newest 500.</param>
public sealed record VoucherDetailBody(VoucherBody Voucher, IReadOnlyList<VoucherUseBody> Uses);
