using System.Security.Cryptography;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.Vouchers;

/// <summary>A voucher as a person enters it.</summary>
/// <param name="Code">Left out: codes are made up, <paramref name="Count"/> of them.</param>
/// <param name="Uses">1 unless told; 0: any number.</param>
/// <param name="PerCustomer">1 unless told; 0: any number.</param>
/// <param name="GrantAmount">In whole units.</param>
public sealed record VoucherSheet(
    VoucherType? Type,
    string? Code = null,
    int? Count = null,
    decimal? Percent = null,
    Money? Amount = null,
    QuotaUnit? GrantUnit = null,
    decimal? GrantAmount = null,
    int? GrantDays = null,
    int? Uses = null,
    int? PerCustomer = null,
    DateTimeOffset? From = null,
    DateTimeOffset? To = null,
    string[]? Offerings = null,
    string? Note = null
);

public sealed record MadeVouchers(IReadOnlyList<Voucher> Vouchers);

/// <summary>Making vouchers and ending them. What one takes part in is decided by <see cref="Orders.Ordering"/>.</summary>
public sealed class VoucherDesk(
    IVoucherStore store,
    ICatalogStore catalog,
    ModelCatalogHolder models,
    ITariffs tariffs,
    CommerceOptions options,
    TimeProvider time
)
{
    private const int CodeLengthLeast = 4;
    private const int CodeLengthMax = 32;
    private const int CountMax = 10_000;
    private const int UsesMax = 10_000_000;
    private const int OfferingsMax = 50;
    private const int DaysMax = 366;
    private const int NoteLengthMax = 200;

    /// <summary>Of made-up codes: without letters and digits that are read for each other.</summary>
    private const string Letters = "ABCDEFGHJKMNPQRSTVWXYZ23456789";

    public async Task<Outcome<MadeVouchers>> MakeAsync(VoucherSheet sheet, CancellationToken cancellation)
    {
        if ((WhatIsWrong(sheet) ?? await WhatIsUnknownAsync(sheet, cancellation)) is { } wrong)
            return wrong;
        var bonus = sheet.Type == VoucherType.Grant ? Bonus(sheet) : null;
        IEnumerable<string> codes = sheet.Code is { } code
            ? [Voucher.Normal(code)]
            : Enumerable.Range(0, sheet.Count ?? 1).Select(_ => RandomCode());
        var vouchers = codes
            .Select(one => new Voucher(
                one,
                sheet.Type!.Value,
                sheet.Type == VoucherType.Percent ? sheet.Percent : null,
                sheet.Type == VoucherType.Amount ? sheet.Amount : null,
                bonus,
                sheet.Uses is 0 ? null : sheet.Uses ?? 1,
                sheet.PerCustomer is 0 ? null : sheet.PerCustomer ?? 1,
                sheet.From,
                sheet.To,
                sheet.Offerings,
                sheet.Note,
                time.GetUtcNow()
            ))
            .ToList();
        return await store.AddAsync(vouchers, cancellation)
            ? new MadeVouchers(vouchers)
            : new Refused(Problems.Conflict, "This code is a voucher already.", "code");
    }

    public async Task<Outcome<Voucher>> FindAsync(string code, CancellationToken cancellation) =>
        await store.FindAsync(Voucher.Normal(code), cancellation) is { } found ? found : Refused.NotFound("voucher", code);

    public async Task<Outcome<Voucher>> EndAsync(string code, CancellationToken cancellation)
    {
        await store.EndAsync(Voucher.Normal(code), cancellation);
        return await FindAsync(code, cancellation);
    }

    private Refused? WhatIsWrong(VoucherSheet sheet)
    {
        if (sheet.Type is not { } type)
            return Refused.Invalid("type", "percent, amount, freePeriod or grant is expected.");
        if (sheet.Code is { } code && !IsCode(Voucher.Normal(code)))
            return Refused.Invalid("code", $"A code is {CodeLengthLeast} to {CodeLengthMax} letters, digits and hyphens.");
        if (sheet.Code is not null && sheet.Count is not null and not 1)
            return Refused.Invalid("count", "One code is one voucher: leave the code out to have many made up.");
        if (sheet.Count is < 1 or > CountMax)
            return Refused.Invalid("count", $"1 to {CountMax} at once.");
        if (
            type == VoucherType.Percent
            && (sheet.Percent is not (> 0 and <= 100) || sheet.Percent != decimal.Round(sheet.Percent.Value, 2))
        )
            return Refused.Invalid("percent", "More than 0 and at most 100, with at most two decimals.");
        if (type == VoucherType.Amount && WhatIsWrongWith(sheet.Amount) is { } wrongAmount)
            return wrongAmount;
        if (type == VoucherType.Grant && WhatIsWrongWithGrant(sheet) is { } wrongGrant)
            return wrongGrant;
        if (sheet.Uses is < 0 or > UsesMax)
            return Refused.Invalid("uses", $"0 (any number) to {UsesMax}.");
        if (sheet.PerCustomer is < 0 or > SaleTerms.PerCustomerMax)
            return Refused.Invalid("perCustomer", $"0 (any number) to {SaleTerms.PerCustomerMax}.");
        if (sheet.To <= sheet.From || sheet.To <= time.GetUtcNow())
            return Refused.Invalid("to", "It is good from an instant on, until a later one that is still to come.");
        if (sheet.Offerings is { Length: 0 or > OfferingsMax })
            return Refused.Invalid("offerings", $"1 to {OfferingsMax}, or leave it out.");
        return sheet.Note is { Length: > NoteLengthMax }
            ? Refused.Invalid("note", $"A note has at most {NoteLengthMax} characters.")
            : null;
    }

    private Refused? WhatIsWrongWith(Money? amount) =>
        amount is not { } money ? Refused.Invalid("amount", "How much less is to be paid?")
        : money.Currency != options.Currency ? Refused.Invalid("amount.currency", $"This operator sells in {options.Currency}.")
        : money.Nano <= 0 || money.Nano % TaxIncluded.NanoPerHundredth != 0
            ? Refused.Invalid("amount.amount", "More than 0, with at most two decimals.")
        : null;

    private Refused? WhatIsWrongWithGrant(VoucherSheet sheet)
    {
        if (sheet.GrantUnit is not { } unit)
            return Refused.Invalid("grant.unit", "A quota unit is granted.");
        var (now, book) = (time.GetUtcNow(), tariffs.Current);
        if (!models.Current.Models.Any(model => book.Find(model.Id, now)?.CardIn(unit) is not null))
            return Refused.Invalid("grant.unit", $"No model is charged in {unit.Name}, so it could never be spent.");
        if (
            sheet.GrantAmount is not > 0
            || sheet.GrantAmount > long.MaxValue / QuotaUnit.Micro
            || sheet.GrantAmount * QuotaUnit.Micro != decimal.Truncate(sheet.GrantAmount.Value * QuotaUnit.Micro)
        )
            return Refused.Invalid("grant.amount", "More than nothing is granted, with at most six decimals.");
        return sheet.GrantDays is < 1 or > DaysMax or null ? Refused.Invalid("grant.days", $"1 to {DaysMax} days.") : null;
    }

    private async Task<Refused?> WhatIsUnknownAsync(VoucherSheet sheet, CancellationToken cancellation)
    {
        for (var i = 0; i < sheet.Offerings?.Length; i++)
        {
            if (await catalog.FindOfferingAsync(sheet.Offerings[i] ?? "", cancellation) is null)
                return Refused.Invalid($"offerings[{i}]", $"There is no offering '{sheet.Offerings[i]}'.");
        }
        return null;
    }

    private static BonusGrant Bonus(VoucherSheet sheet) =>
        new(sheet.GrantUnit!.Value, decimal.ToInt64(sheet.GrantAmount!.Value * QuotaUnit.Micro), sheet.GrantDays!.Value);

    private static bool IsCode(string code) =>
        code.Length is >= CodeLengthLeast and <= CodeLengthMax
        && code.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '-');

    /// <summary>Twelve letters, of 58 bits: not to be guessed.</summary>
    private static string RandomCode()
    {
        var letters = RandomNumberGenerator.GetString(Letters, 12);
        return $"{letters[..4]}-{letters[4..8]}-{letters[8..]}";
    }
}
