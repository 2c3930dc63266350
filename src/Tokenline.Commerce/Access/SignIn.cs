using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Staff;

namespace Tokenline.Commerce.Access;

/// <summary>How often codes are sent and tried, by number and by address, within a time.</summary>
public sealed record SignInLimits
{
    public int CodesOfNumber { get; init; } = 5;
    public int CodesFromAddress { get; init; } = 30;

    /// <summary>Beyond these nothing is checked, not even the right code.</summary>
    public int WrongOfNumber { get; init; } = 10;
    public int WrongFromAddress { get; init; } = 50;

    public TimeSpan Within { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>A challenge is forgotten after so long; the carrier's code is good for less.</summary>
    public TimeSpan ChallengeFor { get; init; } = TimeSpan.FromMinutes(15);
}

public enum SignInRefusal
{
    NotAPhoneNumber,

    /// <summary>The carrier does not reach this number by text message.</summary>
    NotReachable,
    TooManyCodes,

    /// <summary>Too many wrong codes: nothing is checked for a while.</summary>
    Locked,
    WrongCode,

    /// <summary>Too late, used, replaced by a newer one, or tried too often: another code is needed.</summary>
    CodeIsOver,

    /// <summary>The carrier does not answer.</summary>
    CarrierIsSilent,
    AccountCannotBeMade,
}

/// <summary>A value, or why not, and when to try again where that is known.</summary>
public sealed record SignInStep<T>(T? Value, SignInRefusal? Refusal = null, DateTimeOffset? RetryAt = null)
    where T : class
{
    public static implicit operator SignInStep<T>(T value) => new(value);

    public static implicit operator SignInStep<T>(SignInRefusal refusal) => new(null, refusal);
}

/// <summary>By phone number and a code. Whoever signs in for the first time becomes a customer, unless it is staff.</summary>
public sealed class SignIn(
    IOneTimePasswords passwords,
    ISessionStore store,
    Members members,
    Customers customers,
    IStaffStore staff,
    Sessions sessions,
    SignInLimits limits,
    TimeProvider time
)
{
    /// <param name="message">With <see cref="IOneTimePasswords.Placeholder"/> in it.</param>
    /// <param name="address">Of the browser.</param>
    public async Task<SignInStep<Challenge>> SendCodeAsync(
        string? phoneNumber,
        string message,
        string address,
        CancellationToken cancellation
    )
    {
        if (!Customer.IsPhoneNumber(phoneNumber))
            return SignInRefusal.NotAPhoneNumber;
        if (await IsOverAsync(SignInAttempt.Wrong, phoneNumber!, address, cancellation) is { } lockedUntil)
            return new(null, SignInRefusal.Locked, lockedUntil);
        await store.NoteAsync(SignInAttempt.Code, phoneNumber!, address, time.GetUtcNow(), cancellation);
        if (await IsOverAsync(SignInAttempt.Code, phoneNumber!, address, cancellation) is { } until)
            return new(null, SignInRefusal.TooManyCodes, until);
        try
        {
            var sent = await passwords.SendAsync(phoneNumber!, message, cancellation);
            if (sent.Value is not { } password)
                return sent.Refused!.Problem == Problems.RateLimitExceeded ? SignInRefusal.TooManyCodes : SignInRefusal.NotReachable;
            var challenge = new Challenge(Session.NewSecret(), phoneNumber!, password.Id, time.GetUtcNow());
            await store.AddAsync(challenge, CancellationToken.None);
            return challenge;
        }
        catch (HttpRequestException)
        {
            return SignInRefusal.CarrierIsSilent;
        }
    }

    public async Task<Challenge?> FindAsync(string? challenge, CancellationToken cancellation) =>
        challenge is { Length: > 0 and <= 64 }
        && await store.FindChallengeAsync(challenge, cancellation) is { } found
        && time.GetUtcNow() < found.AskedAt + limits.ChallengeFor
            ? found
            : null;

    public async Task<SignInStep<NewSession>> CheckCodeAsync(
        string? challengeId,
        string? code,
        string device,
        string address,
        CancellationToken cancellation
    )
    {
        if (await FindAsync(challengeId, cancellation) is not { } challenge)
            return SignInRefusal.CodeIsOver;
        // Counted as wrong before it is tried, and taken back when it was right: tries at once count like tries in turn.
        var attempt = await store.NoteAsync(SignInAttempt.Wrong, challenge.PhoneNumber, address, time.GetUtcNow(), cancellation);
        if (await IsOverAsync(SignInAttempt.Wrong, challenge.PhoneNumber, address, cancellation) is { } until)
            return new(null, SignInRefusal.Locked, until);
        PasswordCheck check;
        try
        {
            check = await passwords.CheckAsync(challenge.PasswordId, (code ?? "").Trim(), cancellation);
        }
        catch (HttpRequestException)
        {
            await store.TakeBackAsync(attempt);
            return SignInRefusal.CarrierIsSilent;
        }
        if (check == PasswordCheck.Wrong)
            return SignInRefusal.WrongCode;
        await store.RemoveChallengeAsync(challenge.Id);
        if (check != PasswordCheck.Right)
            return SignInRefusal.CodeIsOver;
        await store.TakeBackAsync(attempt);
        var known = Sessions.Own(await members.OfAsync(challenge.PhoneNumber, CancellationToken.None))?.Customer;
        if (known is null && await staff.FindAsync(challenge.PhoneNumber, CancellationToken.None) is not null)
            return await sessions.BeginAsync(challenge.PhoneNumber, null, device, address);
        return (known ?? await CustomerAsync(challenge.PhoneNumber)) is { } customer
            ? await sessions.BeginAsync(challenge.PhoneNumber, customer.Id, device, address)
            : SignInRefusal.AccountCannotBeMade;
    }

    private async Task<Customer?> CustomerAsync(string phoneNumber)
    {
        var made = await customers.CreateAsync(phoneNumber, $"{phoneNumber[..^4]}…{phoneNumber[^2..]}", CancellationToken.None);
        return made.Value ?? Sessions.Own(await members.OfAsync(phoneNumber, CancellationToken.None))?.Customer; // two browsers at once
    }

    /// <summary>Null: not over. Otherwise until when.</summary>
    private async Task<DateTimeOffset?> IsOverAsync(
        SignInAttempt attempt,
        string phoneNumber,
        string address,
        CancellationToken cancellation
    )
    {
        var (ofNumber, fromAddress) =
            attempt == SignInAttempt.Code
                ? (limits.CodesOfNumber, limits.CodesFromAddress)
                : (limits.WrongOfNumber, limits.WrongFromAddress);
        var since = time.GetUtcNow() - limits.Within;
        var number = await store.CountAsync(attempt, phoneNumber, null, since, cancellation);
        if (number.Count > ofNumber)
            return number.Oldest + limits.Within;
        var all = await store.CountAsync(attempt, null, address, since, cancellation);
        return all.Count > fromAddress ? all.Oldest + limits.Within : null;
    }
}
