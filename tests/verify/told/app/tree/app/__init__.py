from app.flow import run
from app.store import save
