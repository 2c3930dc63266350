using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Payments;

namespace Tokenline.Commerce.Orders;

/// <summary>
/// Orders that wait for their customer: by a code that goes to the phone, or with the amount set aside on the phone bill. Confirmed in time they are paid; cancelled or too late
/// nothing is, and what they had taken is given back.
/// </summary>
public sealed class Confirming(
    IOrderStore orders,
    ICustomerStore customers,
    IPhoneBill phoneBill,
    IOneTimePasswords passwords,
    Ordering ordering,
    TimeProvider time
)
{
    private const int CodesMax = 5;
    private const int PageMax = 200;
    private const int NameShown = 40;

    /// <summary>Places an order, and where it is to be confirmed asks for that. The same order placed again is asked for again only where nobody was asked.</summary>
    public async Task<Outcome<ProductOrder>> PlaceAsync(OrderRequest request, CancellationToken cancellation)
    {
        var placed = await ordering.PlaceAsync(request, cancellation);
        return placed.Value is { State: OrderState.Pending, Challenge: null, Reservation: null } order ? await AskAsync(order) : placed;
    }

    /// <summary>Another code for an order that waits for one.</summary>
    public async Task<Outcome<ProductOrder>> SendCodeAsync(OrderId id, CancellationToken cancellation)
    {
        var found = await WaitingAsync(id, cancellation);
        if (found.Value is not { } order)
            return found;
        if (order.Confirmation != OrderConfirmation.OneTimePassword)
            return new Refused(Problems.WrongState, "This order waits for no code of ours.");
        if (order.CodesSent >= CodesMax)
            return new Refused(Problems.RateLimitExceeded, $"An order is sent {CodesMax} codes at the most.");
        var sent = await SendAsync(order);
        return sent.Refused is { } refused ? refused : sent.Value ?? order;
    }

    /// <summary>The customer wants it: it is paid. As it stands afterwards.</summary>
    public async Task<Outcome<ProductOrder>> ConfirmAsync(OrderId id, string? code, CancellationToken cancellation)
    {
        var found = await WaitingAsync(id, cancellation);
        if (found.Value is not { } order)
            return found;
        if (await WhyNotAsync(order, code, cancellation) is { } not)
            return not;
        if (await orders.ConfirmAsync(id))
            await ordering.ResumeAsync(id);
        return await AsItStandsAsync(id);
    }

    /// <summary>The customer does not want it. Nothing is paid.</summary>
    public async Task<Outcome<ProductOrder>> CancelAsync(OrderId id, CancellationToken cancellation)
    {
        if (await orders.FindAsync(id, cancellation) is not { } order)
            return Refused.NotFound("order", id.ToString());
        if (order.State != OrderState.Pending)
            return order.State == OrderState.Cancelled
                ? order
                : new Refused(Problems.WrongState, $"Order {id} does not wait to be confirmed any more.");
        return await EndAsync(order, OrderState.Cancelled, "cancelled")
            ? await AsItStandsAsync(id)
            : new Refused(Problems.PaymentInProgress, "What was set aside could not be let go of yet: try again in a minute.");
    }

    /// <summary>Ends what was not confirmed in time, each for itself.</summary>
    public async Task<ResumeReport> ExpireAsync(CancellationToken cancellation)
    {
        var (ended, mark) = (0, default(OrderId));
        var trouble = new Dictionary<string, Exception>();
        while (await orders.OverdueAsync(time.GetUtcNow(), mark, PageMax, cancellation) is { Count: > 0 } page)
        {
            foreach (var order in page)
            {
                cancellation.ThrowIfCancellationRequested();
                mark = order.Id;
                try
                {
                    if (await EndAsync(order, OrderState.Failed, "it was not confirmed in time"))
                        ended++;
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    trouble[order.Id.ToString()] = e;
                }
            }
        }
        return new(ended, trouble);
    }

    private async Task<Outcome<ProductOrder>> AskAsync(ProductOrder order)
    {
        if (order.Confirmation == OrderConfirmation.Reservation)
            return await ReserveAsync(order);
        var sent = await SendAsync(order);
        if (sent.Refused is not { } refused)
            return sent.Value ?? order;
        // Nobody can confirm it, so it waits for nothing.
        await EndAsync(order, OrderState.Failed, refused.Message);
        return await AsItStandsAsync(order.Id);
    }

    /// <summary>Neither a value nor a refusal: whether a code was sent is not known, and another may be asked for.</summary>
    private async Task<Outcome<ProductOrder>> SendAsync(ProductOrder order)
    {
        var buyer = await BuyerAsync(order);
        var name = order.Offering.Name.Length <= NameShown ? order.Offering.Name : order.Offering.Name[..NameShown];
        try
        {
            var words = $"{IOneTimePasswords.Placeholder}: 购买 {name}，{order.Price}。";
            var sent = await passwords.SendAsync(buyer.PhoneNumber, words, CancellationToken.None);
            if (sent.Value is not { } code)
                return sent.Refused!;
            await orders.AskedAsync(order.Id, code.Id, null);
            return await AsItStandsAsync(order.Id);
        }
        catch (HttpRequestException)
        {
            return default;
        }
    }

    private async Task<Outcome<ProductOrder>> ReserveAsync(ProductOrder order)
    {
        var request = RequestOf(order, await BuyerAsync(order));
        PhoneBillOutcome reserved;
        try
        {
            reserved = await phoneBill.ReserveAsync(request, CancellationToken.None);
        }
        catch (HttpRequestException)
        {
            return order; // asked for again when it is confirmed
        }
        if (reserved.Accepted)
            await orders.AskedAsync(order.Id, reserved.Validation?.AuthorizationId, reserved.Reference);
        else
            await orders.FailAsync(Ended(order, OrderState.Failed, reserved.Reason ?? "the carrier refused"), OrderState.Pending);
        return await AsItStandsAsync(order.Id);
    }

    private async Task<Refused?> WhyNotAsync(ProductOrder order, string? code, CancellationToken cancellation)
    {
        if (order.Confirmation == OrderConfirmation.OneTimePassword)
            return order.Challenge is { } challenge
                ? await Codes.WhyNotAsync(passwords, challenge, code, cancellation)
                : new Refused(Problems.WrongState, "No code was sent yet: ask for one.");
        if (order.Reservation is null)
        {
            var reserved = (await ReserveAsync(order)).Required();
            if (reserved.State != OrderState.Pending)
                return new Refused(Problems.PaymentRefused, $"The amount could not be set aside: {reserved.Reason}.");
            if (reserved.Reservation is null)
                return new Refused(Problems.PaymentInProgress, "The amount is not set aside yet: try again in a minute.");
            order = reserved;
        }
        if (order.Challenge is not { } authorization)
            return null;
        if (string.IsNullOrEmpty(code))
            return Refused.Invalid("code", "The code that the carrier sent to the phone is expected.");
        try
        {
            return Codes.Of(await phoneBill.ValidateAsync(order.Reservation!, authorization, code, cancellation));
        }
        catch (HttpRequestException)
        {
            return new Refused(Problems.UpstreamUnavailable, "The code could not be checked: try again later.");
        }
    }

    /// <summary>False: what was set aside is not let go of yet, and it still waits.</summary>
    private async Task<bool> EndAsync(ProductOrder order, OrderState state, string reason)
    {
        if (order.Confirmation == OrderConfirmation.Reservation && !await LetGoAsync(order))
            return false;
        await orders.FailAsync(Ended(order, state, reason), OrderState.Pending);
        return true;
    }

    private async Task<bool> LetGoAsync(ProductOrder order)
    {
        var request = RequestOf(order, await BuyerAsync(order));
        try
        {
            var reference =
                order.Reservation ?? (await phoneBill.FindAsync(request.Correlator, order.CreatedAt, CancellationToken.None))?.Reference;
            return reference is null || (await phoneBill.CancelAsync(reference, request, CancellationToken.None)).Accepted;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private ProductOrder Ended(ProductOrder order, OrderState state, string reason) =>
        order with
        {
            State = state,
            EndedAt = time.GetUtcNow(),
            Reason = reason,
        };

    private async Task<Outcome<ProductOrder>> WaitingAsync(OrderId id, CancellationToken cancellation)
    {
        if (await orders.FindAsync(id, cancellation) is not { } order)
            return Refused.NotFound("order", id.ToString());
        return order.State == OrderState.Pending && order.ConfirmBy > time.GetUtcNow()
            ? order
            : new Refused(Problems.WrongState, $"Order {id} does not wait to be confirmed any more.");
    }

    private async Task<Outcome<ProductOrder>> AsItStandsAsync(OrderId id) =>
        await orders.FindAsync(id, CancellationToken.None) ?? throw new InvalidOperationException($"order {id} is gone");

    private async Task<Customer> BuyerAsync(ProductOrder order) =>
        await customers.FindAsync(order.Customer, CancellationToken.None)
        ?? throw new InvalidOperationException($"order {order.Id} has no customer");

    internal static PhoneBillRequest RequestOf(ProductOrder order, Customer buyer) =>
        new(order.Id.ToString(), buyer.PhoneNumber, order.Price, order.Offering.Name);
}
