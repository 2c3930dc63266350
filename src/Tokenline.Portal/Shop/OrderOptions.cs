using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Subscriptions;
using Tokenline.Commerce.Vouchers;

namespace Tokenline.Portal.Shop;

/// <summary>What is chosen about an order before it is paid, as it was typed.</summary>
internal sealed class OrderOptions
{
    public int? Seats { get; set; }
    public string? Voucher { get; set; }
    public string? Referral { get; set; }
    public string? Method { get; set; }
    public string? PurchaseOrder { get; set; }

    /// <summary>Of a bundle: which line a component is, by the component's id.</summary>
    public Dictionary<string, string>? References { get; set; }

    public PaymentMethod Paying =>
        Method switch
        {
            "wallet" => PaymentMethod.Wallet,
            "invoice" => PaymentMethod.Invoice,
            _ => PaymentMethod.PhoneBill,
        };

    public static string NameOf(PaymentMethod method) =>
        method switch
        {
            PaymentMethod.Wallet => "wallet",
            PaymentMethod.Invoice => "invoice",
            _ => "phone",
        };

    public OrderRequest ToRequest(PartyId customer, string offering, string externalId, string channel, Money? expected) =>
        new(
            customer,
            offering,
            externalId,
            channel,
            expected,
            Seats,
            Method: Paying,
            PurchaseOrder: Paying == PaymentMethod.Invoice ? Of(PurchaseOrder) : null
        )
        {
            Voucher = Of(Voucher),
            Referral = Of(Referral),
            References = (References ?? [])
                .Where(one => !string.IsNullOrWhiteSpace(one.Value))
                .ToDictionary(one => one.Key, one => one.Value.Trim()),
        };

    /// <summary>What so many seats cost now. One seat's price was quoted: a first order's, or a part of a month's.</summary>
    public static Money For(Quote quote, int? seats)
    {
        if (seats is not { } count || count == 1)
            return quote.Price;
        var all = quote.Offering.For(count);
        var isFirst = quote.Offering.FirstPrice is { } first && quote.Price == OfPeriod(quote, first);
        return OfPeriod(quote, isFirst ? all.FirstPrice!.Value : all.Price);
    }

    private static Money OfPeriod(Quote quote, Money price) => quote.First is { } period ? period.Price(price) : price;

    private static string? Of(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}

/// <summary>What a voucher does to a price, before it is taken.</summary>
internal sealed record VoucherPreview(Voucher? Voucher, Money Discount, Refused? WhyNot)
{
    public static VoucherPreview None(Currency currency) => new(null, Money.Zero(currency), null);

    public static VoucherPreview Of(Outcome<Voucher> found, string code, ProductOffering offering, Money price, DateTimeOffset now) =>
        found.Value is not { } voucher
            ? new(null, Money.Zero(price.Currency), new Refused(Problems.VoucherRefused, $"There is no voucher {code.Trim()}.", "voucher"))
        : voucher.WhyNot(offering, now) is { } not ? new(null, Money.Zero(price.Currency), not)
        : new(voucher, voucher.Discount(price), null);
}
