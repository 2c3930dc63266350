using System.Globalization;
using System.Text.Json.Serialization;

namespace Tokenline.Units;

/// <summary>An ISO 4217 currency code, upper case.</summary>
[JsonConverter(typeof(CurrencyJsonConverter))]
public readonly record struct Currency
{
    public static readonly Currency Cny = new("CNY");

    private readonly string? code;

    public Currency(string code)
    {
        if (code is not { Length: 3 } || !code.All(char.IsAsciiLetterUpper))
            throw new FormatException($"'{code}' is not an ISO 4217 currency code: three upper-case letters are expected");
        this.code = code;
    }

    public string Code => code ?? "XXX";

    public override string ToString() => Code;
}

/// <summary>An amount in nano-units (10⁻⁹) of a currency. Range ±9.2 thousand million units.</summary>
public readonly record struct Money(long Nano, Currency Currency)
{
    public const long NanoPerUnit = 1_000_000_000;

    public static Money Zero(Currency currency) => new(0, currency);

    /// <summary>Exact conversion; a value finer than a nano-unit is refused rather than rounded.</summary>
    public static Money FromDecimal(decimal amount, Currency currency)
    {
        var nano = amount * NanoPerUnit;
        if (nano != decimal.Truncate(nano))
            throw new FormatException($"{amount} has more than nine decimals");
        return new Money(decimal.ToInt64(nano), currency);
    }

    public decimal ToDecimal() => (decimal)Nano / NanoPerUnit;

    public static Money operator +(Money a, Money b) => new(checked(a.Nano + b.Nano), Same(a, b));

    public static Money operator -(Money a, Money b) => new(checked(a.Nano - b.Nano), Same(a, b));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{ToDecimal():0.#########} {Currency}");

    private static Currency Same(Money a, Money b) =>
        a.Currency == b.Currency ? a.Currency : throw new InvalidOperationException($"cannot mix {a.Currency} and {b.Currency}");
}
