using NodaTime;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Payments;

namespace Tokenline.Commerce.Orders;

/// <summary>Consents to be charged without a code each time: asked for, shown by a code, taken back, and looked at by orders.</summary>
public sealed class OneClick(
    IConsentStore store,
    IOrderStore orders,
    ICustomerStore customers,
    IOneTimePasswords passwords,
    ITurns turns,
    CommerceOptions options,
    TimeProvider time
)
{
    /// <summary>So long a code may be given.</summary>
    private static readonly TimeSpan codeFor = TimeSpan.FromMinutes(15);
    private static readonly decimal most = 100_000m;

    /// <summary>The one that holds, or the one that was asked for last.</summary>
    public async Task<Outcome<OneClickConsent>> FindAsync(PartyId customer, CancellationToken cancellation) =>
        await store.FindAsync(customer, ConsentState.Active, cancellation) is { } active ? active
        : await store.FindAsync(customer, ConsentState.Asked, cancellation) is { } asked ? asked
        : new Refused(Problems.NotFound, "This line has not consented.");

    /// <summary>Sends a code to the line. An earlier consent holds until the code was given.</summary>
    public async Task<Outcome<OneClickConsent>> AskAsync(PartyId id, Money perOrder, Money perMonth, CancellationToken cancellation)
    {
        if ((WhatIsWrong("perOrder", perOrder) ?? WhatIsWrong("perMonth", perMonth)) is { } wrong)
            return wrong;
        if (perMonth.Nano < perOrder.Nano)
            return Refused.Invalid("perMonth.amount", "A month allows at least one order.");
        if (await customers.FindAsync(id, cancellation) is not { } customer)
            return Refused.NotFound("customer", id.ToString());
        try
        {
            var words = $"{IOneTimePasswords.Placeholder}: 一键购买，每次至多 {perOrder}，每月至多 {perMonth}。";
            var sent = await passwords.SendAsync(customer.PhoneNumber, words, cancellation);
            if (sent.Value is not { } code)
                return sent.Refused!;
            return await store.AskAsync(
                new(0, id, customer.PhoneNumber, perOrder, perMonth, ConsentState.Asked, time.GetUtcNow(), code.Id),
                CancellationToken.None
            );
        }
        catch (HttpRequestException)
        {
            return new Refused(Problems.UpstreamUnavailable, "The code could not be sent: try again later.");
        }
    }

    public async Task<Outcome<OneClickConsent>> GiveAsync(PartyId customer, string? code, CancellationToken cancellation)
    {
        if (
            await store.FindAsync(customer, ConsentState.Asked, cancellation) is not { } asked
            || asked.AskedAt + codeFor <= time.GetUtcNow()
        )
            return new Refused(Problems.WrongState, "No code is waited for: ask for the consent again.");
        if (await Codes.WhyNotAsync(passwords, asked.Challenge, code, cancellation) is { } not)
            return not;
        var given = asked with { State = ConsentState.Active, GivenAt = time.GetUtcNow() };
        return await store.GiveAsync(given) ? given : await FindAsync(customer, CancellationToken.None);
    }

    /// <summary>Nothing is charged so any more. Taken back again it stays so.</summary>
    public async Task<Refused?> RevokeAsync(PartyId customer, CancellationToken cancellation)
    {
        if (await customers.FindAsync(customer, cancellation) is null)
            return Refused.NotFound("customer", customer.ToString());
        // After an order that is being placed with it, or before: never in between.
        await using var _ = await turns.TakeAsync(Turns.OrdersOf(customer), cancellation);
        await store.EndAsync(customer, time.GetUtcNow(), cancellation);
        return null;
    }

    /// <summary>Why an order of this price is not paid by one click; asked in the customer's turn, so that two at once do not both count as the last.</summary>
    internal async Task<Refused?> WhyNotAsync(Customer customer, Money price, DateTimeOffset now, CancellationToken cancellation)
    {
        if (
            await store.FindAsync(customer.Id, ConsentState.Active, cancellation) is not { } consent
            || consent.PhoneNumber != customer.PhoneNumber
        )
            return Not("This line has not consented to be charged without a code.");
        if (price.Nano > consent.PerOrder.Nano)
            return Not($"This line allows {consent.PerOrder} for an order without a code, and {price} is to be paid.");
        var spent = await orders.SpentAsync(customer.Id, OrderConfirmation.OneClick, MonthOf(now), cancellation);
        return (Int128)spent + price.Nano > consent.PerMonth.Nano
            ? Not($"This line allows {consent.PerMonth} a month without a code.")
            : null;
    }

    private Refused? WhatIsWrong(string param, Money money) =>
        money.Currency != options.Currency ? Refused.Invalid($"{param}.currency", $"This operator sells in {options.Currency}.")
        : money.Nano <= 0 || money.ToDecimal() > most
            ? Refused.Invalid($"{param}.amount", $"More than 0 and at most {most} {options.Currency}.")
        : null;

    private DateTimeOffset MonthOf(DateTimeOffset now)
    {
        var zone = DateTimeZoneProviders.Tzdb[options.TimeZone];
        return zone.AtStartOfDay(Instant.FromDateTimeOffset(now).InZone(zone).Date.With(DateAdjusters.StartOfMonth)).ToDateTimeOffset();
    }

    private static Refused Not(string why) => new(Problems.ConfirmationRequired, why, "confirmation");
}

/// <summary>What is made of a code that somebody typed.</summary>
internal static class Codes
{
    /// <summary>Null: it is right, and good no more.</summary>
    public static async Task<Refused?> WhyNotAsync(
        IOneTimePasswords passwords,
        string challenge,
        string? code,
        CancellationToken cancellation
    )
    {
        if (string.IsNullOrEmpty(code))
            return Refused.Invalid("code", "The code that went to the phone is expected.");
        try
        {
            return Of(await passwords.CheckAsync(challenge, code, cancellation));
        }
        catch (HttpRequestException)
        {
            return new Refused(Problems.UpstreamUnavailable, "The code could not be checked: try again later.");
        }
    }

    public static Refused? Of(PasswordCheck check) =>
        check switch
        {
            PasswordCheck.Right => null,
            PasswordCheck.Wrong => new(Problems.WrongCode, "This is not the code; try again.", "code"),
            PasswordCheck.TooManyTries => new(Problems.WrongCode, "There was no right code in too many tries: ask for another.", "code"),
            _ => new(Problems.WrongCode, "This code is good no more: ask for another.", "code"),
        };
}
