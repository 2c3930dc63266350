using System.Text.Json;
using Fido2NetLib;
using Fido2NetLib.Objects;
using Microsoft.Extensions.Logging;
using Tokenline.Commerce.Access;
using Tokenline.Commerce.Parties;

namespace Tokenline.Portal.Access.Passkeys;

/// <summary>What a browser is asked to do, and the name under which the answer is looked for. It is good once.</summary>
internal sealed record PasskeyQuestion(string Id, string Options);

/// <summary>
/// Passkeys (WebAuthn Level 3) beside the code by text message: the device finds the person by itself and has them unlock it. What is kept is the public half, by phone number;
/// a session that a company's own sign-in has begun adds none, for it speaks for that company alone.
/// </summary>
internal sealed class PasskeyDesk(
    IPasskeyStore passkeys,
    ISessionStore store,
    Members members,
    Sessions sessions,
    SignInLimits limits,
    TimeProvider time,
    ILogger<PasskeyDesk> log
)
{
    private const string ServerName = "Tokenline";

    /// <param name="origin">Where the browser is: scheme and host.</param>
    public async Task<PasskeyQuestion?> AskNewAsync(Session session, Uri origin, CancellationToken cancellation)
    {
        var known = await passkeys.ListAsync(session.PhoneNumber, cancellation);
        if (session.Only is not null || known.Count >= Passkey.Max)
            return null;
        var options = Of(origin)
            .RequestNewCredential(
                new RequestNewCredentialParams
                {
                    User = new Fido2User
                    {
                        Id = HandleOf(session.PhoneNumber),
                        Name = session.PhoneNumber,
                        DisplayName = session.PhoneNumber,
                    },
                    ExcludeCredentials = [.. known.Select(one => new PublicKeyCredentialDescriptor(Bytes(one.Id)))],
                    AuthenticatorSelection = new AuthenticatorSelection
                    {
                        ResidentKey = ResidentKeyRequirement.Required,
                        UserVerification = UserVerificationRequirement.Required,
                    },
                    AttestationPreference = AttestationConveyancePreference.None,
                }
            );
        return await KeepAsync(session.PhoneNumber, options.ToJson(), cancellation);
    }

    /// <summary>False: it is not what was asked for, or too late.</summary>
    public async Task<bool> AddAsync(
        Session session,
        string? id,
        JsonElement answer,
        string name,
        Uri origin,
        CancellationToken cancellation
    )
    {
        if (session.Only is not null || await TakeAsync(id, cancellation) is not { } asked || asked.PhoneNumber != session.PhoneNumber)
            return false;
        try
        {
            var made = await Of(origin)
                .MakeNewCredentialAsync(
                    new MakeNewCredentialParams
                    {
                        AttestationResponse = answer.Deserialize<AuthenticatorAttestationRawResponse>()!,
                        OriginalOptions = CredentialCreateOptions.FromJson(asked.PasswordId),
                        IsCredentialIdUniqueToUserCallback = async (one, token) =>
                            await passkeys.FindAsync(Text(one.CredentialId), token) is null,
                    },
                    cancellation
                );
            var passkey = new Passkey(
                Text(made.Id),
                session.PhoneNumber,
                made.PublicKey,
                made.SignCount,
                name.Length <= Passkey.NameLengthMax ? name : name[..Passkey.NameLengthMax],
                time.GetUtcNow()
            );
            return await passkeys.AddAsync(passkey, cancellation);
        }
        catch (Exception e) when (IsWrong(e))
        {
            log.LogWarning("A passkey was not taken: {Reason}", e.Message);
            return false;
        }
    }

    /// <summary>Whoever it is: the device says so. Null: too many were asked for from here.</summary>
    public async Task<PasskeyQuestion?> AskAsync(Uri origin, string address, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        await store.NoteAsync(SignInAttempt.Code, "passkey", address, now, cancellation);
        if ((await store.CountAsync(SignInAttempt.Code, null, address, now - limits.Within, cancellation)).Count > limits.CodesFromAddress)
            return null;
        var options = Of(origin)
            .GetAssertionOptions(
                new GetAssertionOptionsParams { AllowedCredentials = [], UserVerification = UserVerificationRequirement.Required }
            );
        return await KeepAsync("", options.ToJson(), cancellation);
    }

    /// <summary>Null: no.</summary>
    public async Task<NewSession?> SignInAsync(
        string? id,
        JsonElement answer,
        Uri origin,
        string device,
        string address,
        CancellationToken cancellation
    )
    {
        if (await TakeAsync(id, cancellation) is not { PhoneNumber: "" } asked)
            return null;
        try
        {
            var raw = answer.Deserialize<AuthenticatorAssertionRawResponse>()!;
            if (await passkeys.FindAsync(Text(raw.RawId), cancellation) is not { } passkey)
                return null;
            var result = await Of(origin)
                .MakeAssertionAsync(
                    new MakeAssertionParams
                    {
                        AssertionResponse = raw,
                        OriginalOptions = AssertionOptions.FromJson(asked.PasswordId),
                        StoredPublicKey = passkey.PublicKey,
                        StoredSignatureCounter = (uint)passkey.Counter,
                        IsUserHandleOwnerOfCredentialIdCallback = (one, _) =>
                            Task.FromResult(one.UserHandle.AsSpan().SequenceEqual(HandleOf(passkey.PhoneNumber))),
                    },
                    cancellation
                );
            // Two that use a copy at once: one of them is late.
            if (!await passkeys.UsedAsync(passkey, result.SignCount, time.GetUtcNow()))
                return null;
            var own = Sessions.Own(await members.OfAsync(passkey.PhoneNumber, cancellation));
            return own is null ? null : await sessions.BeginAsync(passkey.PhoneNumber, own.Customer.Id, device, address);
        }
        catch (Exception e) when (IsWrong(e))
        {
            log.LogWarning("A passkey was refused: {Reason}", e.Message);
            return null;
        }
    }

    private async Task<PasskeyQuestion> KeepAsync(string phoneNumber, string options, CancellationToken cancellation)
    {
        var id = Session.NewSecret();
        await store.AddAsync(new Challenge(KeyOf(id), phoneNumber, options, time.GetUtcNow()), cancellation);
        return new(id, options);
    }

    private async Task<Challenge?> TakeAsync(string? id, CancellationToken cancellation)
    {
        if (id is not { Length: > 0 and <= 64 } || await store.FindChallengeAsync(KeyOf(id), cancellation) is not { } challenge)
            return null;
        await store.RemoveChallengeAsync(challenge.Id);
        return time.GetUtcNow() < challenge.AskedAt + limits.ChallengeFor ? challenge : null;
    }

    private static Fido2 Of(Uri origin) =>
        new(
            new Fido2Configuration
            {
                RPID = origin.Host,
                RPName = ServerName,
                Origins = new HashSet<string> { origin.GetLeftPart(UriPartial.Authority) },
            }
        );

    private static bool IsWrong(Exception e) =>
        e
            is Fido2VerificationException
                or JsonException
                or FormatException
                or ArgumentException
                or InvalidOperationException
                or NullReferenceException;

    /// <summary>Tells one person from another and nobody who.</summary>
    private static byte[] HandleOf(string phoneNumber) =>
        System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes("passkey of " + phoneNumber));

    /// <summary>Apart from the challenges of codes, which are looked for by what is in an address.</summary>
    private static string KeyOf(string id) => "passkey " + Session.HashOf(id);

    private static string Text(byte[] id) => Microsoft.IdentityModel.Tokens.Base64UrlEncoder.Encode(id);

    private static byte[] Bytes(string id) => Microsoft.IdentityModel.Tokens.Base64UrlEncoder.DecodeBytes(id);
}
