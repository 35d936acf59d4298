"""Vietnamese: "em vừa chuyển tiền", "em gỡ đơn rồi", "xong rồi"."""

from __future__ import annotations

from typing import Final

from rejoinder.guard.replying.acting.shape import FEW, shapes

_THING = (
    r"(?:đơn|lịch|hẹn|địa chỉ|tài khoản|tiền|vé|phòng|bàn|gói|khoản|phí|điểm"
    r"|suất|chỗ|kiện hàng|hóa đơn|hoá đơn|ví)"
)
# Verbs that change an order or a booking; any other may be of what was seen, said or written down.
_CHANGED = (
    "(?:hủy|huỷ|xóa|xoá|gỡ|bỏ|rút|dời|đổi|chuyển|đặt|giữ|hoàn|trả|cộng|trừ|nâng|giảm|bớt|áp|tặng|duyệt"
    "|gia hạn|khóa|khoá|mở khóa|cập nhật|sửa|xếp|bấm|thu hồi|miễn|thêm|chốt|đăng ký|kích hoạt|tất toán|thanh toán"
    "|nhân|cắt|tách|gộp|dọn|đẩy|lùi|ghép|nạp|cho|lên|xử lý|làm)"
)
_CHANGING = rf"(?:(?:đã|vừa|mới|lỡ|có) )*{_CHANGED}"
_YOU = "(?:mình|anh|chị|bạn)"
_YOURS = rf"{_THING} (?:(?:hàng|hẹn|ship|phí) )?(?:\d+|[^ .]+ {_YOU}|{_YOU}|(?:vào|qua|sang|về) {FEW % 3}{_YOU})"

VIETNAMESE: Final = shapes(
    # em vừa bấm chuyển tiền; em gỡ đơn của mình rồi; phí ship em bỏ cho mình rồi
    rf"(?<= )(?:em|shop|bên em|chúng tôi|tôi) (?:đã |vừa |mới )+{_CHANGED} {FEW % 3}{_YOURS} ",
    rf"(?<= )(?:em|shop|bên em) {_CHANGING} {FEW % 2}{_YOURS} {FEW % 8}(?:rồi|xong) ",
    rf"(?<= )(?:em|shop|bên em) (?!chuyển (?:phản ánh|yêu cầu|thông tin|lời|câu) ){_CHANGING} {FEW % 8}"
    rf"(?:cho|giúp) {_YOU} (?:xong )?rồi ",
    # từ hôm nay mình là thành viên vàng
    rf"(?<= )(?:từ hôm nay|từ giờ|từ bây giờ|hiện giờ) {_YOU} (?:là thành|đã là) ",
    # đơn bay màu rồi; 320.000đ vừa về lại
    rf"(?<= ){_THING} {FEW % 4}(?:không còn tồn tại|không còn trên hệ thống|biến mất|bay màu|bị xóa sổ"
    "|ra khỏi hệ thống) ",
    rf"(?<= )(?:tiền|khoản|[\d ]+đ) {FEW % 3}(?:vừa|đã|đang) {FEW % 2}(?:về|vào) ",
    rf"(?<= )tiền {FEW % 2}về (?:thẻ|tài khoản|ví) {FEW % 3}rồi ",
    words="em shop tôi từ hiện xong",
    things=_THING,
    just_now=r" (?:mới nãy|vừa nãy|vừa xong|mới xong|vừa bấm \w+ xong)(?= )",
    ready="(?:dạ |vâng )?xong|được ạ",
    now=r" (?:rồi|giờ) ",
)
