namespace Tokenline.Commerce.Payments;

/// <summary>A code by text message, which shows that whoever types it has the phone. Who may ask for one and how often is the caller's to limit as well.</summary>
/// <exception cref="HttpRequestException">The carrier could not be reached or did not answer. Of a code that was sent nobody may know: send another.</exception>
public interface IOneTimePasswords
{
    /// <summary>Where the code goes in a message.</summary>
    public const string Placeholder = "{{code}}";

    public const int MessageLengthMax = 160;

    /// <summary>Sends a new code, after which an earlier one to the same number is good no more.</summary>
    /// <param name="phoneNumber">In E.164.</param>
    /// <param name="message">At most <see cref="MessageLengthMax"/> characters, with <see cref="Placeholder"/> in it.</param>
    /// <param name="cancellation">Stops waiting.</param>
    Task<Outcome<OneTimePassword>> SendAsync(string phoneNumber, string message, CancellationToken cancellation);

    /// <summary>Right once. Every wrong try counts at the carrier.</summary>
    Task<PasswordCheck> CheckAsync(string id, string code, CancellationToken cancellation);
}

/// <param name="Id">What the code is checked under. It is no secret: without the code it opens nothing.</param>
public sealed record OneTimePassword(string Id);

public enum PasswordCheck
{
    Right = 1,

    /// <summary>Not this code: another try is left.</summary>
    Wrong = 2,

    /// <summary>No try is left: send another code.</summary>
    TooManyTries = 3,

    /// <summary>Too late, used before, or replaced by a newer one.</summary>
    Expired = 4,

    /// <summary>Nothing was sent under this id.</summary>
    Unknown = 5,
}
