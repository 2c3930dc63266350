using Tokenline.Commerce.Refunds;

namespace Tokenline.Portal.Texts;

/// <summary>The operator's console: what customers ask to be given back.</summary>
internal sealed partial class PortalTexts
{
    public string RefundRequestsTitle => Say("Refund requests", "退款申请");

    /// <summary>In the navigation.</summary>
    public string RefundRequestsLink => Say("Refunds", "退款申请");
    public string RefundRequestTitle => Say("Refund request", "退款申请");
    public string RefundRequestsLead =>
        Say(
            "Calls that customers ask to be given back. The customer reads your answer at the call's receipt.",
            "客户申请退还的调用。客户可在调用收据处看到答复。"
        );
    public string NoRefundRequestsOpen => Say("Nobody waits for an answer.", "暂无待答复的申请。");
    public string NoRefundRequests => Say("There are none.", "暂无申请。");
    public string NewestAnswered => Say("Answered lately", "最近已处理");
    public string CallWord => Say("Call", "调用");
    public string AskedByWord => Say("Asked for by", "申请人");
    public string OperatorForCustomer => Say("the operator, for the customer", "运营商代客户申请");
    public string GivenBackSoFar => Say("Given back so far", "已退还");
    public string GrantTitle => Say("Give it back", "同意退还");
    public string GrantAndAnswer => Say("Give back and answer", "确认退还并答复");
    public string RejectTitle => Say("Give nothing back", "不予退还");
    public string RejectText =>
        Say("The call stays charged. The customer reads why, and may ask again.", "维持扣费。客户将看到理由，仍可再次申请。");
    public string RejectAndAnswer => Say("Reject and answer", "确认拒绝并答复");
    public string NothingWord => Say("nothing", "不退还");
    public string AnswerToCustomer => Say("Answer to the customer", "给客户的答复");
    public string AnswerHint => Say("The customer reads these words. They stay in the audit log.", "客户将看到此内容，并记入审计日志。");
    public string AnswerMissing => Say("Tell the customer, in 3 to 200 characters.", "请填写给客户的答复（3 至 200 字）。");
    public string GivenBackOtherwise =>
        Say("It was given back another way; tell the customer so in an answer.", "该调用已通过其他方式退还，请在答复中告知客户。");
    public string RecordIsGone =>
        Say("The record of this call is kept no longer: it cannot be given back.", "该调用的记录已不再保留，无法退还。");
    public string AskedForBack => Say("The customer asks for this call to be given back.", "客户已申请退还此次调用。");

    public string RefundRequestsOpen(int count) =>
        Say(count == 1 ? "1 waits for an answer" : $"{Count(count)} wait for an answer", $"{Count(count)} 项待答复");

    public string WaitingForAnswer(int count) => Say($"Waiting for an answer: {Count(count)}", $"待答复（{Count(count)}）");

    public string AnsweredBefore(RefundRequestState state) =>
        Say($"It was answered before: {RefundRequestWord(state)}.", $"该申请此前已处理：{RefundRequestWord(state)}。");

    public string RefundRequestWord(RefundRequestState state) =>
        state switch
        {
            RefundRequestState.Open => Say("open", "待答复"),
            RefundRequestState.Granted => Say("being given back", "退还中"),
            RefundRequestState.Refunded => Say("given back", "已退还"),
            RefundRequestState.Rejected => Say("rejected", "已拒绝"),
            _ => Say("withdrawn", "已撤回"),
        };

    /// <summary>The class of its badge.</summary>
    public string? RefundRequestLook(RefundRequestState state) =>
        state switch
        {
            RefundRequestState.Refunded => "good",
            RefundRequestState.Rejected => "bad",
            _ => null,
        };
}
